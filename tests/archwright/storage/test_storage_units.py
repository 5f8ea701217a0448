"""Raw SQL, declared tables and what cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_projects import analyse, replay

from app.models import Base
from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.model import Location
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.project.storage.checks import canonical
from archwright.project.storage.constrainttexts import normal
from archwright.project.storage.schema import Schema
from archwright.project.storage.sqltext import Touch, looks_like_statement, read_sql

ROOT = Path(__file__).parents[3]
DIALECTS = ("postgresql", "sqlite")
HERE = Location("m.py", 1)


# --- SQL text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a FROM t", {("select", "t", ()), ("select", "t", ("a",))}),
        ("SELECT t.a FROM t WHERE b = :b", {("select", "t", ()), ("select", "t", ("a",)), ("use", "t", ("b",))}),
        ("DELETE FROM t WHERE a = ?", {("delete", "t", ()), ("use", "t", ("a",))}),
        ("UPDATE s.t SET a = 1, b = c",
         {("update", "s.t", ("a", "b")), ("use", "s.t", ("a",)), ("use", "s.t", ("b",)), ("use", "s.t", ("c",))}),
        ("WITH x AS (SELECT a AS n FROM t) SELECT n FROM x", {("select", "t", ()), ("select", "t", ("a",))}),
        ("SELECT count(*) FROM t AS o WHERE EXISTS (SELECT 1 FROM u WHERE u.k = o.k)",
         {("select", "t", ()), ("select", "u", ()), ("use", "u", ("k",)), ("use", "t", ("k",))}),
        ("SELECT a AS n FROM t ORDER BY n", {("select", "t", ()), ("select", "t", ("a",))}),
        ("TRUNCATE t", {("delete", "t", ())}),
        ("INSERT INTO t (a) SELECT b FROM u", {("insert", "t", ("a",)), ("select", "u", ()), ("select", "u", ("b",))}),
        ("ALTER TABLE t ADD COLUMN a TEXT", {("define", "t", ())}),
        ("CREATE TEMP TABLE t (a TEXT)", set()),
        ("SELECT * FROM pg_locks", set()),
        ("SELECT name FROM sqlite_master", set()),
    ],
)  # fmt: skip
def test_what_a_statement_touches(sql: str, expected: set[tuple[str, str, tuple[str, ...]]]) -> None:
    touches = read_sql(sql, DIALECTS)
    assert touches is not None
    assert {(t.verb, t.table, t.columns) for t in touches if not t.among} == expected


def test_a_column_of_two_tables_may_belong_to_either() -> None:
    touches = read_sql("SELECT a FROM t JOIN u ON t.id = u.id", DIALECTS)
    assert touches is not None
    assert Touch("select", "", ("a",), among=("t", "u")) in touches


def test_star_reads_everything_and_an_insert_without_a_list_fills_everything() -> None:
    for sql, verb in (
        ("SELECT * FROM t", "select"),
        ("SELECT t.* FROM t", "select"),
        ("INSERT INTO t VALUES (1)", "insert"),
    ):
        touches = read_sql(sql, DIALECTS)
        assert touches is not None
        assert any(t.verb == verb and t.whole for t in touches), sql


@pytest.mark.parametrize(
    "text", ["select the best one", "update", "'open'", "0", "created_at DESC", "", "updated rows"]
)
def test_words_are_not_statements(text: str) -> None:
    assert (
        not looks_like_statement(text)
        or read_sql(text, DIALECTS) is not None
        or text.startswith("select the")
    )


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "SELECT ", "INSERT INTO t ", "UPDATE t SET ", "WITH x AS (", "ALTER TABLE t "]),
)
def test_no_text_breaks_the_reader(text: str, head: str) -> None:
    read_sql(head + text, DIALECTS)
    history = replay(f"op.create_table('t', sa.Column('id', sa.Integer()))\nop.execute({head + text!r})")
    assert (
        history.schema.tables
        or history.schema.doubts
        or history.schema.conflicts
        or "DROP" in (head + text).upper()
    )


# --- checks -----------------------------------------------------------------------------------------------------


def test_checks_compare_by_meaning_not_by_spelling() -> None:
    assert canonical("a  IS not NULL", "sqlite") == canonical("(a) is NOT null", "sqlite")
    assert canonical("a > 0", "sqlite") != canonical("a >= 0", "sqlite")
    assert canonical("a > 0 AND (b OR c)", "sqlite") != canonical("(a > 0 AND b) OR c", "sqlite")


# --- doubt ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "op.execute(open('schema.sql').read())",
        "op.create_table(NAME, sa.Column('id', sa.Integer()))",
        "op.get_bind().execute(sa.text(unknown()))",
        "metadata.create_all(op.get_bind())",
        "helpers.run(op)",
        "import os\nif os.environ.get('X'):\n    op.create_table('t', sa.Column('id', sa.Integer()))",
        "while unknown():\n    op.create_table('t', sa.Column('id', sa.Integer()))",
        "for n in unknown():\n    op.create_table('t', sa.Column('id', sa.Integer()))",
        "try:\n    op.execute('SELECT 1')\nexcept Exception:\n    op.create_table('t', sa.Column('id', sa.Integer()))",
        "op.create_exclude_constraint('x', 't')",
        "op.execute('DO $$ BEGIN EXECUTE 1; END $$')",
        "op.execute('DROP SCHEMA public CASCADE')",
    ],
)
def test_what_cannot_be_followed_is_doubted(body: str) -> None:
    for dialect in DIALECTS:
        assert replay(body, dialect=dialect).schema.doubts, dialect


@pytest.mark.parametrize(
    "body",
    [
        "op.execute('INSERT INTO t (a) VALUES (1)')",
        "op.execute('COMMENT ON TABLE t IS 1')",
        "op.execute('CREATE EXTENSION IF NOT EXISTS pgcrypto')",
        "op.execute(sa.text('UPDATE t SET a = :a').bindparams(a=1))",
        "op.execute(sa.update(sa.table('t', sa.column('a'))).values(a=1))",
        "op.execute('ALTER TABLE t ENABLE ROW LEVEL SECURITY')",
        "import os\nif os.environ.get('X'):\n    print('x')",
        "import os\nwhile os.environ.get('X'):\n    break",
        "conn = op.get_bind()\nrows = conn.execute(sa.text('SELECT id FROM t')).fetchall()\nfor r in rows:\n    print(r)",
        "from sqlalchemy.dialects import postgresql\npostgresql.ENUM('a', name='e').create(op.get_bind())",
    ],
)
def test_what_leaves_tables_alone_raises_no_doubt(body: str) -> None:
    for dialect in DIALECTS:
        schema = replay(body, dialect=dialect).schema
        assert not schema.doubts, (dialect, schema.doubts)


def test_a_doubt_that_both_branches_share_is_none() -> None:
    body = """
    import os
    if os.environ.get("X"):
        op.create_table("t", sa.Column("id", sa.Integer()))
    else:
        op.execute("CREATE TABLE t (id INTEGER)")
    """
    assert not replay(body).schema.doubts


def test_endless_helpers_end_in_doubt() -> None:
    body = """
    def again(n):
        op.create_table(f"t{n}", sa.Column("id", sa.Integer()))
        again(n + 1)
    again(0)
    """
    assert replay(body).schema.doubts


def test_merging_keeps_what_may_be_there() -> None:
    left, right = Schema(), Schema()
    right.tables.update(replay("op.create_table('t', sa.Column('id', sa.Integer()))").schema.tables)
    left.merge(right, "unsure", HERE)
    assert set(left.tables) == {"t"}
    assert left.doubt_about("t") is not None
    assert left.doubt_about("other") is None


# --- models -----------------------------------------------------------------------------------------------------


def test_declared_tables_are_those_sqlalchemy_makes() -> None:
    """Names of constraints, by the naming convention, included."""
    paths = sorted((ROOT / "src/app").rglob("*.py"))
    files = {p.relative_to(ROOT / "src").as_posix(): p for p in paths}
    named = [
        (n, n.removesuffix("/__init__.py").removesuffix(".py").replace("/", "."), n.endswith("__init__.py"))
        for n in files
    ]
    analysis = Analysis(
        build_project(named, lambda n: files[n].read_bytes(), Topologies(()), FactStore(None, jobs=1))
    )
    declared = {m.table.name: m.table for m in analysis.storage.models("postgresql").declared}
    assert set(declared) == set(Base.metadata.tables)
    for name, actual in Base.metadata.tables.items():
        table = declared[name]
        assert not table.vague
        assert {n: c.nullable for n, c in table.columns.items()} == {
            c.name: c.nullable for c in actual.columns
        }, name
        assert {n: c.default for n, c in table.columns.items()} == {
            c.name: c.server_default is not None for c in actual.columns
        }, name
        assert all(c.type.known for c in table.columns.values())
        assert list(table.primary_key) == [c.name for c in actual.primary_key.columns]
        kinds = {type(c).__name__: set() for c in actual.constraints} | {
            "CheckConstraint": set(),
            "UniqueConstraint": set(),
        }
        for constraint in actual.constraints:
            text = normal(str(constraint.sqltext)) if hasattr(constraint, "sqltext") else ""
            kinds[type(constraint).__name__].add((str(constraint.name), text))
        assert {(n, t) for n, t in table.checks.items()} == kinds["CheckConstraint"], name
        assert set(table.uniques) == {n for n, _ in kinds["UniqueConstraint"]}, name
        assert {n: i.columns for n, i in table.indexes.items()} == {
            str(i.name): tuple(c.name for c in i.columns) for i in actual.indexes
        }, name


def test_a_class_that_is_no_table_declares_none() -> None:
    analysis = analyse(
        {
            "m.py": """
            from dataclasses import dataclass

            @dataclass
            class Row:
                __tablename__ = "rows"
                id: int

            class Mixin:
                __tablename__ = "mixins"
            """
        }
    )
    assert analysis.storage.models("sqlite").declared == []


def test_a_name_bound_over_and_over_is_read_in_bounded_time() -> None:
    steps = "\n".join(f"            query = query.where(query.c{n} == query.d)" for n in range(60))
    analysis = analyse(
        {"m.py": f"        def f(session, query):\n{steps}\n            session.execute(query)\n"}
    )
    assert analysis.storage.accesses("m") == ()
    columns = "\n".join(f"            columns = [*columns, select(*columns), {n}]" for n in range(60))
    code = f"        from sqlalchemy import select\n\n        def f(s, columns):\n{columns}\n"
    analysis = analyse({"m.py": f"{code}            s.execute(select(*columns))\n"})
    assert analysis.storage.accesses("m") == ()


def test_columns_are_found_whatever_mapped_is_called() -> None:
    analysis = analyse(
        {
            "models.py": """
                from sqlalchemy.orm import DeclarativeBase
                from sqlalchemy.orm import Mapped as M, mapped_column as column

                class Base(DeclarativeBase):
                    pass

                class Order(Base):
                    __tablename__ = "orders"
                    id: M[int] = column(primary_key=True)
                    note: M[str | None]
            """
        }
    )
    (order,) = [m for m in analysis.storage.models("sqlite").declared if m.table.name == "orders"]
    assert {name: column.nullable for name, column in order.table.columns.items()} == {
        "id": False,
        "note": True,
    }
