"""A doubt about one table leaves the others known; a further one about the same table is noticed."""

from __future__ import annotations

from textwrap import dedent

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from storage_projects import analyse, replay
from test_replay_on_real_databases import assert_same, reflected

UNSURE = """
import os
for name in ("a", "b"):
    op.create_table(name, sa.Column("id", sa.Integer, primary_key=True))
if os.environ.get("X"):
    op.add_column("a", sa.Column("n", sa.Integer))
if os.environ.get("Y"):
    op.create_table("maybe", sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.mark.parametrize(
    "asked",
    ["sa.inspect(op.get_bind()).get_table_names()", "set(sa.inspect(op.get_bind()).get_table_names())"],
)
def test_tables_that_are_not_in_doubt_are_found(asked: str) -> None:
    body = f"""
    names = {asked}
    for name in ("a", "b", "c", "maybe"):
        if name not in names:
            op.create_table(name, sa.Column("id", sa.Integer, primary_key=True))
        else:
            op.add_column(name, sa.Column("later", sa.Integer))
    """
    schema = replay(UNSURE + dedent(body)).schema
    assert not schema.conflicts
    assert set(schema.doubts) == {"a", "maybe"}
    assert list(schema.tables["a"].columns) == ["id", "n", "later"]
    assert list(schema.tables["b"].columns) == ["id", "later"]
    assert list(schema.tables["c"].columns) == ["id"]
    assert (schema.is_present("a"), schema.is_present("maybe"), schema.is_present("z")) == (True, None, False)


def test_a_table_made_after_everything_came_into_doubt_is_known() -> None:
    body = """
    op.execute(open("x.sql").read())
    op.create_table("fresh", sa.Column("id", sa.Integer, primary_key=True))
    if not sa.inspect(op.get_bind()).has_table("fresh"):
        op.add_column("fresh", sa.Column("never", sa.Integer))
    if "fresh" in sa.inspect(op.get_bind()).get_table_names():
        op.add_column("fresh", sa.Column("surely", sa.Integer))
    """
    schema = replay(UNSURE + dedent(body)).schema
    assert list(schema.tables["fresh"].columns) == ["id", "surely"]
    assert schema.doubt_about("fresh") is None
    assert schema.doubt_about("b") is not None
    assert schema.is_present("b") is None


def test_an_index_that_cannot_be_told_makes_no_table_doubtful_in_whether_it_is_there() -> None:
    body = 'op.create_table("t", sa.Column("id", sa.Integer))\nop.drop_index(open("x").read(){})'
    assert set(replay(body.format(', table_name="t"')).schema.doubts) == {"t"}
    somewhere = replay(body.format("")).schema
    assert somewhere.is_present("t") is True
    assert somewhere.doubt_about("t") is not None


def test_an_index_may_be_of_a_table_in_doubt() -> None:
    assert not replay(UNSURE + 'op.drop_index("by_n")').schema.conflicts
    assert replay(UNSURE + 'op.drop_index("by_n", table_name="b")').schema.conflicts


def test_a_further_doubt_about_a_table_is_one_of_its_own_revision() -> None:
    head = "import os\nimport sqlalchemy as sa\nfrom alembic import op\n"
    more = """
def upgrade():
    if os.environ.get("X"):
        op.add_column("t", sa.Column("{0}", sa.Integer))


def downgrade():
    pass
"""
    first = more.format("n").replace(
        "upgrade():\n", 'upgrade():\n    op.create_table("t", sa.Column("id", sa.Integer))\n'
    )
    analysis = analyse(
        {
            "v/r1.py": f"{head}revision, down_revision = 'r1', None\n{first}",
            "v/r2.py": f"{head}revision, down_revision = 'r2', 'r1'\n{more.format('m')}",
        }
    )
    replays = analysis.storage.history(["v.r1", "v.r2"], "sqlite").replays
    assert [r.doubt is not None for r in replays] == [True, True]
    assert replays[1].doubt.at.path == "v/r2.py"
    assert replays[1].back == "undecided"


def test_a_constraint_goes_with_its_column_until_the_batch_makes_the_table_anew() -> None:
    """As in a real database: PostgreSQL has dropped the constraint by then, a batch on SQLite drops it by name."""
    made = """
    op.create_table("u", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "t",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("u_id", sa.Integer),
        sa.ForeignKeyConstraint(["u_id"], ["u.id"], name="fk_u"),
    )
    with op.batch_alter_table("t") as batch:
        batch.drop_column("u_id")
        batch.drop_constraint("fk_u", type_="foreignkey")
    """
    assert not replay(made, dialect="sqlite").schema.conflicts
    assert replay(made, dialect="postgresql").schema.conflicts
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        operations = Operations(MigrationContext.configure(connection))
        exec(dedent(made), {"op": operations, "sa": sa})
        assert not sa.inspect(connection).get_foreign_keys("t")
    engine.dispose()


@pytest.mark.parametrize("leaving", ["return", "raise RuntimeError()"])
def test_what_follows_a_condition_one_way_leaves_by_is_run(leaving: str) -> None:
    body = f"""
    import os
    op.create_table("t", sa.Column("id", sa.Integer))
    if True:
        if os.environ.get("X"):
            {leaving}
        op.add_column("t", sa.Column("inside", sa.Integer))
    op.add_column("t", sa.Column("outside", sa.Integer))
    """
    schema = replay(body).schema
    assert list(schema.tables["t"].columns) == ["id", "inside", "outside"]
    assert ("t" in schema.doubts) is (leaving == "return")


@pytest.mark.parametrize(("leaving", "doubted"), [("continue", {"a", "b"}), ("break", {"a", "b"})])
def test_a_loop_goes_on_where_one_way_leaves_a_round_of_it(leaving: str, doubted: set[str]) -> None:
    body = f"""
    import os
    for name in ("a", "b"):
        op.create_table(name, sa.Column("id", sa.Integer))
    for name in ("a", "b"):
        if os.environ.get("X"):
            {leaving}
        op.add_column(name, sa.Column("n", sa.Integer))
    op.create_table("c", sa.Column("id", sa.Integer))
    """
    schema = replay(body).schema
    assert set(schema.tables) == {"a", "b", "c"}
    assert set(schema.doubts) == doubted


def test_ways_that_do_the_same_leave_no_doubt() -> None:
    body = """
    import os
    def make():
        if os.environ.get("X"):
            op.create_table("t", sa.Column("id", sa.Integer))
            return "t"
        op.execute("CREATE TABLE t (id INTEGER)")
        return "t"
    op.add_column(make(), sa.Column("n", sa.Integer))
    for name in ("t",):
        if os.environ.get("Y"):
            continue
    """
    schema = replay(body).schema
    assert not schema.doubts
    assert list(schema.tables["t"].columns) == ["id", "n"]


def test_what_is_over_a_column_that_comes_back_in_the_same_batch_stays() -> None:
    made = """
    op.create_table(
        "t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.UniqueConstraint("a", name="u")
    )
    op.create_index("i", "t", ["id", "a"])
    with op.batch_alter_table("t") as batch:
        batch.drop_column("a")
        batch.add_column(sa.Column("a", sa.Integer))
    """
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        exec(dedent(made), {"op": Operations(MigrationContext.configure(connection)), "sa": sa})
        assert_same(replay(made, dialect="sqlite").schema, reflected(connection))
    engine.dispose()
    assert not replay(made, dialect="postgresql").schema.tables["t"].indexes
