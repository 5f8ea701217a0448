"""Batches on SQLite make a table anew and copy its rows, which a computed column refuses: as Alembic and SQLite do it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from storage_projects import replay

TABLE = """
op.create_table(
    "t",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("a", sa.Integer),
    sa.Column("b", sa.Integer, sa.Computed("a * 2", persisted=True)),
    sa.Column("d", sa.JSON),
)
"""


@pytest.mark.parametrize(
    "body",
    [
        'batch.drop_column("d")',
        'batch.alter_column("a", nullable=False)',
        'batch.create_unique_constraint("u", ["a"])',
        'batch.add_column(sa.Column("x", sa.Integer))',
        'batch.create_index("i", ["a"])',
        'batch.drop_column("b")',
        'batch.drop_column("b"); batch.drop_column("d")',
        'batch.drop_column("b"); batch.add_column(sa.Column("b", sa.Integer, sa.Computed("a * 2", persisted=True)))',
    ],
)
def test_a_batch_copies_no_rows_into_a_computed_column(body: str) -> None:
    code = f'{TABLE}with op.batch_alter_table("t") as batch:\n    {body}\n'
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        try:
            exec(code, {"op": Operations(MigrationContext.configure(connection)), "sa": sa})
            refused = False
        except sa.exc.OperationalError as error:
            refused = "generated column" in str(error)
    engine.dispose()
    assert bool(replay(code, dialect="sqlite").schema.conflicts) is refused
    assert not replay(code, dialect="postgresql").schema.conflicts
