"""An order that is said to be total leaves no two rows of a real database tied, whatever unique indexes leave out."""

from __future__ import annotations

import sqlite3

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archwright.model import Location
from archwright.project.queries.text import read_text
from archwright.project.queries.total_order import is_total
from archwright.project.storage.ddl import apply_sql
from archwright.project.storage.operations import Operations
from archwright.project.storage.row_keys import RowKey, keys_on_both, row_keys
from archwright.project.storage.schema import Index, Schema, Table, Unique

COLUMNS = ("a", "b", "c")
CONDITIONS = (
    "a = 1",
    "b IS NULL",
    "b IS NOT NULL",
    "NOT b IS NULL",
    "c = 1",
    "c > 0",
    "a IN (0, 1)",
    "b <> 0",
    "(a = 1 OR c = 1)",
    "NOT (b = 1)",
)
JOINS = ("", "JOIN u ON u.b = t.b", "LEFT JOIN u ON u.b = t.b", "LEFT JOIN u ON u.id = t.b AND u.a = 1")
INDEXES = st.tuples(
    st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=2, unique=True),
    st.sampled_from(("", "b IS NULL", "b IS NOT NULL", "c = 1", "b IS NULL AND c = 1", "a = 1 OR c = 1")),
)
ROWS = st.lists(st.tuples(*[st.sampled_from((None, 0, 1, 2))] * 3), max_size=7)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.lists(INDEXES, min_size=1, max_size=2),
    st.lists(INDEXES, min_size=1, max_size=2),
    st.tuples(ROWS, ROWS),
    st.sampled_from(JOINS),
    st.lists(st.sampled_from(CONDITIONS), max_size=3),
    st.lists(st.sampled_from((*COLUMNS, "id")), min_size=1, max_size=2, unique=True),
    st.sampled_from(("t", "t", "u")),
)
@example(
    [True] * 3, [(["b"], "")], [(["a"], "")], ([(0, 1, 0), (0, 2, 0)], []), JOINS[2], [], ["id"], "u"
)  # rows of an outer join that nothing is joined to
def test_a_total_order_leaves_no_ties(
    nullable: list[bool],
    on_t: list[tuple[list[str], str]],
    on_u: list[tuple[list[str], str]],
    rows: tuple[list[tuple[int | None, ...]], list[tuple[int | None, ...]]],
    join: str,
    conditions: list[str],
    order: list[str],
    ordered: str,
) -> None:
    statements = []
    for name, indexes in (("t", on_t), ("u", on_u)):
        columns = [
            f"{c} INTEGER{'' if null else ' NOT NULL'}" for c, null in zip(COLUMNS, nullable, strict=True)
        ]
        statements.append(f"CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY, {', '.join(columns)})")
        for number, (over, where) in enumerate(indexes):
            condition = f" WHERE {where}" if where else ""
            statements.append(f"CREATE UNIQUE INDEX {name}{number} ON {name} ({', '.join(over)}){condition}")
    owner = ordered if join else "t"
    asked = [c.replace("a ", "t.a ").replace("b ", "t.b ").replace("c ", "t.c ") for c in conditions]
    columns_of_order = ", ".join(f"{owner}.{c}" for c in order)
    tables = "t.id AS t_id, u.id AS u_id FROM t " + join if join else "t.id AS t_id FROM t"
    where = f" WHERE {' AND '.join(asked)}" if asked else ""
    query = f"SELECT {tables}{where} ORDER BY {columns_of_order}"

    schema = Schema()
    for statement in statements:
        apply_sql(statement, Operations(schema, "sqlite", lambda _: None), Location("m.py", 1))
    assert not schema.doubts
    assert not schema.conflicts
    keys = {name: row_keys(table) for name, table in schema.tables.items()}
    level = read_text(query, {}, ())[0]
    assert level is not None
    if not is_total(level, keys.get):
        return
    with sqlite3.connect(":memory:") as database:
        for statement in statements:
            database.execute(statement)
        for name, values in zip(("t", "u"), rows, strict=True):
            database.executemany(f"INSERT OR IGNORE INTO {name} (a, b, c) VALUES (?, ?, ?)", values)
        asking = query.replace("SELECT ", f"SELECT {columns_of_order}, ", 1)
        found = [row[: len(order)] for row in database.execute(asking)]
    assert len(set(found)) == len(found), query


def test_null_is_no_value_unless_an_index_says_so() -> None:
    schema = Schema()
    for statement in (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER NOT NULL, UNIQUE NULLS NOT DISTINCT (a, b))",
        "CREATE UNIQUE INDEX one_a ON t (a)",
        "CREATE UNIQUE INDEX one_b ON t (b) NULLS NOT DISTINCT WHERE (a IS NULL)",
        "CREATE UNIQUE INDEX one_sum ON t (a, b) NULLS DISTINCT",
    ):
        apply_sql(statement, Operations(schema, "postgresql", lambda _: None), Location("m.py", 1))
    assert not schema.doubts
    assert row_keys(schema.tables["t"]) == {
        RowKey(frozenset({"id"})),
        RowKey(frozenset({"a", "b"})),
        RowKey(frozenset({"a", "b"}), frozenset({"a"})),
        RowKey(frozenset({"a"}), frozenset({"a"})),
        RowKey(frozenset({"b"}), where="(a IS NULL)"),
    }
    assert schema.tables["t"].unique_sets() == {frozenset({"id"}), frozenset({"a"}), frozenset({"a", "b"})}


def test_a_key_holds_where_it_holds_on_both_databases() -> None:
    everywhere = {"all": Unique(("a",))}
    whole = Table("t", uniques=everywhere, indexes={"i": Index(("b",), True), "j": Index(("c",), True)})
    partial = Table("t", uniques=everywhere, indexes={"i": Index(("b",), True, "c = 1")})
    expected = {RowKey(frozenset("a")), RowKey(frozenset("b"), where="c = 1"), RowKey(frozenset("c"))}
    assert keys_on_both({"t": whole}, {"t": partial}) == {"t": expected}
    assert keys_on_both({"t": whole}, {})["t"] == row_keys(whole)
    other = Table("t", indexes={"i": Index(("b",), True, "c = 2")})
    assert keys_on_both({"t": partial}, {"t": other})["t"] == {
        RowKey(frozenset("a")),
        RowKey(frozenset("b"), where="?"),
    }
