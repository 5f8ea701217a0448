"""Column types as families that mean the same in migrations, models and SQL text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from archwright.project.storage.literals import Class, Made, Outside, Unknown


class SqlType(msgspec.Struct, frozen=True):
    """A family, and where it has one a size: a length, or precision and scale."""

    family: str
    """One of FAMILIES; ``?`` where it cannot be told."""
    size: tuple[int, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the type could be told."""
        return self.family != "?"

    def __str__(self) -> str:
        return f"{self.family}({', '.join(map(str, self.size))})" if self.size else self.family


UNTOLD = SqlType("?")
_SQLALCHEMY = {
    "bigint": "BigInteger BIGINT",
    "binary": "LargeBinary BINARY VARBINARY BLOB BYTEA BIT",
    "boolean": "Boolean BOOLEAN",
    "date": "Date DATE",
    "double": "Double DOUBLE DOUBLE_PRECISION",
    "enum": "Enum ENUM",
    "float": "Float FLOAT REAL",
    "integer": "Integer INTEGER INT",
    "interval": "Interval INTERVAL",
    "json": "JSON JSONB HSTORE",
    "numeric": "Numeric NUMERIC DECIMAL DECIMAL_",
    "smallint": "SmallInteger SMALLINT",
    "string": "String VARCHAR NVARCHAR CHAR NCHAR Unicode AutoString CITEXT",
    "text": "Text TEXT UnicodeText CLOB",
    "time": "Time TIME",
    "timestamp": "DateTime TIMESTAMP DATETIME",
    "uuid": "Uuid UUID",
    "array": "ARRAY",
    "tsvector": "TSVECTOR",
    "inet": "INET CIDR MACADDR",
}
_FAMILY = {name: family for family, names in _SQLALCHEMY.items() for name in names.split()}
FAMILIES = frozenset({*_SQLALCHEMY, "timestamptz"})
_PYTHON = {
    "builtins.int": "integer",
    "builtins.str": "string",
    "builtins.bool": "boolean",
    "builtins.float": "float",
    "builtins.bytes": "binary",
    "datetime.datetime": "timestamp",
    "datetime.date": "date",
    "datetime.time": "time",
    "datetime.timedelta": "interval",
    "decimal.Decimal": "numeric",
    "uuid.UUID": "uuid",
    "builtins.dict": "json",
    "builtins.list": "json",
}
_DDL = {
    "bigint": "BIGINT BIGSERIAL UBIGINT",
    "binary": "BINARY VARBINARY BLOB BYTEA",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "double": "DOUBLE",
    "float": "FLOAT",
    "integer": "INT SERIAL UINT MEDIUMINT",
    "interval": "INTERVAL",
    "json": "JSON JSONB",
    "numeric": "DECIMAL",
    "smallint": "SMALLINT SMALLSERIAL TINYINT",
    "string": "VARCHAR CHAR NCHAR NVARCHAR",
    "text": "TEXT",
    "time": "TIME TIMETZ",
    "timestamp": "TIMESTAMP DATETIME TIMESTAMPNTZ",
    "timestamptz": "TIMESTAMPTZ TIMESTAMPLTZ",
    "uuid": "UUID",
    "array": "ARRAY",
    "enum": "ENUM",
    "inet": "INET",
    "tsvector": "TSVECTOR",
}
_DDL_FAMILY = {name: family for family, names in _DDL.items() for name in names.split()}

Impl = Callable[[Class], Any]
"""The SQLAlchemy type behind a type of the code base's own."""


def read_type(value: Any, dialect: str, impl: Impl) -> SqlType:
    """The type a SQLAlchemy type expression stands for on *dialect*."""
    if isinstance(value, Outside):
        value = Made(value.name)
    if isinstance(value, Class):
        return read_type(impl(value), dialect, impl)
    if not isinstance(value, Made):
        return UNTOLD
    if isinstance(value.receiver, Class):
        return read_type(impl(value.receiver), dialect, impl)
    if value.name == ".with_variant":
        names = value.args[1:]
        return read_type(value.args[0] if dialect in names else value.receiver, dialect, impl)
    if value.name.startswith("."):
        # ``JSON().evaluates_none()``, ``MutableDict.as_mutable(JSON)``
        return read_type(value.receiver, dialect, impl)
    if value.last in ("as_mutable", "as_mutable_property") and value.args:
        return read_type(value.args[0], dialect, impl)
    family = _FAMILY.get(value.last)
    if family is None:
        return UNTOLD
    if family == "timestamp":
        zone = value.argument(0, "timezone", default=False)
        return UNTOLD if isinstance(zone, Unknown) else SqlType("timestamptz" if zone else "timestamp")
    if family == "float" and value.last == "Float":
        return SqlType("float")
    if family == "string":
        return SqlType("string", _sizes(value.argument(0, "length")))
    if family == "numeric":
        return SqlType("numeric", _sizes(value.argument(0, "precision"), value.argument(1, "scale")))
    return SqlType(family)


def type_check(value: Any, column: str, dialect: str) -> tuple[str | None, str] | None:
    """Name and text of the check a type brings along for its column, where *dialect* has no such type itself."""
    if not isinstance(value, Made) or value.kwargs.get("create_constraint") is not True:
        return None
    name = value.kwargs.get("name")
    named = name if isinstance(name, str) else None
    native = dialect == "postgresql" and value.kwargs.get("native_enum") is not False
    if value.last == "Boolean" and dialect != "postgresql":
        return named, f"{column} IN (0, 1)"
    if value.last == "Enum" and not native:
        members = ", ".join(f"'{a}'" for a in value.args if isinstance(a, str))
        return named, f"{column} IN ({members})"
    return None


def read_python_type(name: str) -> SqlType:
    """The type SQLAlchemy gives a column for a Python type, by the type's qualified name."""
    family = _PYTHON.get(name)
    return UNTOLD if family is None else SqlType(family)


def read_ddl_type(kind: Any) -> SqlType:
    """The type of a parsed column definition (sqlglot ``DataType``)."""
    family = _DDL_FAMILY.get(getattr(getattr(kind, "this", None), "name", ""))
    if family is None:
        return UNTOLD
    if family in ("string", "numeric"):
        texts = [p.this.name for p in kind.expressions if getattr(p, "this", None) is not None]
        return SqlType(family, tuple(int(t) for t in texts if t.isdigit()))
    return SqlType(family)


def same_type(left: SqlType, right: SqlType) -> bool | None:
    """Whether two types agree; None when one of them is not known. A size counts where both state one."""
    if not left.known or not right.known:
        return None
    if left.family != right.family:
        return False
    return not left.size or not right.size or left.size == right.size


def _sizes(*values: Any) -> tuple[int, ...]:
    return tuple(v for v in values if isinstance(v, int))
