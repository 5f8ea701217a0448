"""Triggers that make a table append-only, on both databases; used by the revisions."""

from alembic import op

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN
    SELECT RAISE(ABORT, '{table} is append-only: {VERB} is refused');
END
"""
_POSTGRESQL_FUNCTION = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{table} is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$
"""
_POSTGRESQL_ROWS = """
CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
"""
_POSTGRESQL_NO_UPDATE = """
CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
"""
_POSTGRESQL_TABLE = """
CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()
"""


def protect(table: str) -> None:
    """Make the database refuse update, delete and truncate of ``table``."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(table=table, verb=verb, VERB=verb.upper()))
        return
    for statement in (_POSTGRESQL_FUNCTION, _POSTGRESQL_ROWS, _POSTGRESQL_TABLE):
        op.execute(statement.format(table=table))


def unprotect(table: str) -> None:
    """Remove what :func:`protect` created; the table may then be dropped."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {table}_not_truncated ON {table}")
    op.execute(f"DROP TRIGGER {table}_immutable ON {table}")
    op.execute(f"DROP FUNCTION {table}_append_only()")


def protect_from_update(table: str) -> None:
    """Make the database refuse changes to rows of ``table``; they may be deleted when their time is over."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE.format(table=table, verb="update", VERB="UPDATE"))
        return
    op.execute(_POSTGRESQL_FUNCTION.format(table=table))
    op.execute(_POSTGRESQL_NO_UPDATE.format(table=table))


def unprotect_from_update(table: str) -> None:
    """Remove what :func:`protect_from_update` created; the table may then be dropped."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_no_update")
        return
    op.execute(f"DROP TRIGGER {table}_immutable ON {table}")
    op.execute(f"DROP FUNCTION {table}_append_only()")
