# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Column type of exact decimal amounts: NUMERIC on PostgreSQL, integer millionths on SQLite.
# Callers: app.models.*
# Allowed Imports: sqlalchemy
# Forbidden Imports: L2, L4, L5, L6
"""Exact decimal amounts with six places (cents, percentages), never a binary float on the way.

SQLite has no decimal type and would turn one into a float, so there an amount is stored as the whole number
of millionths: sums and comparisons inside the database stay exact on both.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric
from sqlalchemy.types import TypeDecorator, TypeEngine

PLACES = 6
DIGITS = 20
# 64 bits hold 9.2e18 millionths; a tenth of it leaves room for sums.
LIMIT = Decimal(10) ** 12
_QUANTUM = Decimal(1).scaleb(-PLACES)


class ExactDecimal(TypeDecorator[Decimal]):
    """A ``Decimal`` of at most six places below 10**12. Floats and finer values are refused, never rounded."""

    impl = Numeric(DIGITS, PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the storage."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(DIGITS, PLACES))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Check and convert; TypeError for what is not exact, ValueError for what does not fit."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"An exact amount is a Decimal or an int, not {type(value).__name__}.")
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount) >= LIMIT:
            raise ValueError(f"The amount {amount} is not below 10**12.")
        if amount != amount.quantize(_QUANTUM):
            raise ValueError(f"The amount {amount} has more than {PLACES} decimal places.")
        return int(amount.scaleb(PLACES)) if dialect.name == "sqlite" else amount

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the amount with six places, equal on both databases."""
        if value is None:
            return None
        return (
            Decimal(value).scaleb(-PLACES) if dialect.name == "sqlite" else Decimal(value).quantize(_QUANTUM)
        )
