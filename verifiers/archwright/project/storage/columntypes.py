"""Column types a code base defines itself: what SQLAlchemy type stands behind a ``TypeDecorator``."""

from __future__ import annotations

from typing import Any

from archwright.project.storage.evaluate import DEPTH
from archwright.project.storage.execute import Executor
from archwright.project.storage.literals import Class, DialectValue, Function, Made, Outside, Unknown
from archwright.project.storage.schema import Schema
from archwright.project.types.inference import Inference

_ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum"})


class ColumnTypes:
    """Types on one dialect."""

    def __init__(self, inference: Inference, dialect: str) -> None:
        self._inference = inference
        self._dialect = dialect
        self._reads = inference.project.reads
        self._known: dict[str, Any] = self._reads.table(None)

    def impl(self, cls: Class) -> Any:
        """The SQLAlchemy type behind *cls* on this dialect: by ``load_dialect_impl``, else ``impl``, else its base."""
        name = cls.qualified
        if name not in self._known:
            self._known[name] = Unknown("a type that is made of itself")
            self._reads.made(self._known, name, lambda: self._read(cls))
        return self._known[name]

    def _read(self, cls: Class) -> Any:
        lineage = self._inference.classes.lineage(cls.qualified)
        if _ENUMS.intersection(lineage):
            return Outside("sqlalchemy.Enum")
        runner = Executor(self._inference, self._dialect, Schema())
        choose = runner.class_attribute(cls, "load_dialect_impl")
        if isinstance(choose, Function):
            made = Made("load_dialect_impl", (cls, DialectValue(self._dialect)))
            found = runner.call_function(choose, made, DEPTH)
            if isinstance(found, Made | Outside | Class) and not _delegates(found):
                return found
        impl = runner.class_attribute(cls, "impl")
        if isinstance(impl, Made | Outside | Class):
            return impl
        outside = [b for b in lineage if b.startswith("sqlalchemy.") and not b.endswith("TypeDecorator")]
        return Outside(outside[0]) if outside else Unknown(f"`{cls.qualname}` is no column type")


def _delegates(value: Any) -> bool:
    """``return self.impl`` and ``super().load_dialect_impl(dialect)`` leave the choice to ``impl``."""
    return isinstance(value, Made) and value.name.startswith((".", "builtins."))
