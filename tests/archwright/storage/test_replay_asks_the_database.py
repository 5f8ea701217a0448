"""Migrations that ask what there is, and helpers in other shapes: replayed as a real SQLite database has it afterwards."""

from __future__ import annotations

from textwrap import dedent

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from storage_projects import analyse
from test_replay_on_real_databases import assert_same, reflected

HEAD = """
import enum
import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import declarative_base

revision = "r1"
down_revision = None


class Base(declarative_base()):
    __abstract__ = True


class Account(Base):
    __tablename__ = "accounts"
    number = sa.Column(sa.Integer, primary_key=True)
    code = sa.Column("iban", sa.String(34), unique=True)


class State(enum.Enum):
    OPEN = 1

    @staticmethod
    def text(state):
        return "open"

    @classmethod
    def table(cls, suffix):
        return "states_" + suffix

    def plain(state):
        return state


def each(names, make):
    for name in names:
        make(name)


def names_of(inspector, table):
    return [c["name"] for c in inspector.get_columns(table)]


def upgrade():
    op.create_table(
        "accounts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("iban", sa.String(34), nullable=False),
        sa.Column("owner", sa.String(10)),
        sa.UniqueConstraint("iban", name="one_iban"),
        sa.UniqueConstraint("owner", "iban"),
        sa.CheckConstraint("number > 0", name="positive"),
    )
    op.create_index("by_owner", "accounts", ["owner"])
"""


@pytest.mark.parametrize(
    "steps",
    [
        """
        for name in ("accounts", "cards"):
            if name not in sa.inspect(op.get_bind()).get_table_names():
                op.create_table(name, sa.Column("id", sa.Integer, primary_key=True))
        """,
        """
        inspector = sa.inspect(op.get_bind())
        for name in ("owner", "city"):
            if name not in names_of(inspector, "accounts"):
                op.add_column("accounts", sa.Column(name, sa.String(20)))
        """,
        """
        existing = {c["name"]: c for c in sa.inspect(op.get_bind()).get_columns("accounts")}
        for name in ("iban", "owner"):
            if not existing[name]["nullable"]:
                op.add_column("accounts", sa.Column(name + "_old", sa.Text()))
        """,
        """
        inspector = sa.inspect(op.get_bind())
        with op.batch_alter_table("accounts") as batch:
            for unique in inspector.get_unique_constraints("accounts"):
                if unique["column_names"] == ["iban"]:
                    batch.drop_constraint(unique["name"], type_="unique")
                    break
        """,
        """
        uniques = sa.inspect(op.get_bind()).get_unique_constraints("accounts")
        with op.batch_alter_table("accounts") as batch:
            if any(u.get("name") == "one_iban" for u in uniques):
                batch.drop_constraint("one_iban", type_="unique")
            if all(u.get("name") == "another" for u in uniques):
                batch.drop_constraint("another", type_="unique")
        """,
        """
        inspector = sa.inspect(op.get_bind())
        for index in inspector.get_indexes("accounts"):
            if index["column_names"] == ["owner"] and not index["unique"]:
                op.drop_index(index["name"], "accounts")
        if not inspector.has_table("cards") and inspector.has_table("accounts"):
            op.create_table("cards", sa.Column("id", sa.Integer, primary_key=True))
        if inspector.get_pk_constraint("accounts")["constrained_columns"] == ["number"]:
            op.add_column("accounts", sa.Column("keyed", sa.Boolean))
        """,
        """
        if op.get_bind().engine.name == "mysql":
            op.drop_table("accounts")
        if op.get_bind().engine.dialect.name == "sqlite":
            op.create_table("lite", sa.Column("id", sa.Integer, primary_key=True))
        """,
        """
        op.create_table(
            State.table("all"),
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("state", sa.String(9), default=State.text(State.OPEN)),
            sa.Column(State.plain("kept"), sa.String(9)),
        )
        """,
        """
        op.create_table(
            "cards",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("account", sa.Integer, sa.ForeignKey(column=Account.number, name="of_account")),
            sa.Column("iban", sa.String(34), sa.ForeignKey("accounts.iban")),
        )
        """,
        """
        op.create_table(
            "flags",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("kind", sa.Enum("a", "b", name="kind", create_constraint=True)),
            sa.Column("plain", sa.Enum("a", "b", name="plain")),
            sa.Column("on", sa.Boolean(create_constraint=True, name="on_or_off")),
            sa.Column("off", sa.Boolean),
        )
        with op.batch_alter_table("accounts") as batch:
            batch.add_column(sa.Column("open", sa.Boolean()))
        with op.batch_alter_table("accounts") as batch:
            batch.alter_column("open", type_=sa.Boolean(create_constraint=True), nullable=True)
        old = sa.Enum("a", "b", name="kind", create_constraint=True)
        with op.batch_alter_table("flags") as batch:
            batch.alter_column("kind", type_=sa.Enum("a", "c", create_constraint=True), existing_type=old)
        """,
        """
        each(["a", "b"], lambda name: op.create_table(name, sa.Column("id", sa.Integer, primary_key=True)))
        prefix = "x_"
        each(["c"], lambda name, more="_y": op.add_column("accounts", sa.Column(prefix + name + more, sa.Text())))
        """,
    ],
)
def test_what_a_migration_does_about_what_it_finds(steps: str) -> None:
    body = "\n".join(f"    {line}" for line in dedent(steps).strip().splitlines())
    code = f"{HEAD}{body}\n\n\ndef downgrade():\n    pass\n"
    schema = analyse({"versions/r1.py": code}).storage.history(["versions.r1"], "sqlite").schema
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        migration: dict[str, object] = {"__name__": "r1"}
        exec(code, migration)
        upgrade = migration["upgrade"]
        assert callable(upgrade)
        upgrade()
        assert_same(schema, reflected(connection))
    engine.dispose()


ALONE = """
import sqlalchemy as sa
from alembic import op
from versions.away import change, slug

revision = "r1"
down_revision = None


def upgrade():
    bind = op.get_bind()
    op.create_table("t", sa.Column("a", sa.Integer), sa.UniqueConstraint("a"))
    {upgrade}


def downgrade():
    pass
"""
CREATE = "op.create_table('u', sa.Column('a', sa.Integer))"


@pytest.mark.parametrize(
    ("upgrade", "doubted"),
    [
        # What SQLAlchemy tells for a constraint nobody named is a name of the database's.
        ("op.drop_constraint(sa.inspect(bind).get_unique_constraints('t')[0]['name'], 't')", {"t"}),
        # A condition nobody knows, as an expression.
        (f"{CREATE} if bind.scalar(sa.text('SELECT 1')) else None", {"u"}),
        (f"bind.scalar(sa.text('SELECT 1')) and {CREATE}", {"u"}),
        (f"bind.scalar(sa.text('SELECT 1')) or {CREATE}", {"u"}),
        (f"sa.inspect(bind).has_table('t') or {CREATE}", set()),
        (f"made = [{CREATE}] if slug('a') else []", {"u"}),
        # Code that is not here is as little of this code base as a library: it changes what it is given a way to.
        ("bind.execute(sa.text('UPDATE t SET a = :a'), {'a': slug('a')})", set()),
        ("change(bind, 't')", {"*"}),
        ("change(table='t', operations=op)", {"*"}),
        ("change(lambda: op.drop_table('t'))", {"*"}),
    ],
)
def test_what_cannot_be_told_is_in_doubt(upgrade: str, doubted: set[str]) -> None:
    analysis = analyse({"versions/r1.py": ALONE.replace("{upgrade}", upgrade)})
    assert set(analysis.storage.history(["versions.r1"], "postgresql").schema.doubts) == doubted
