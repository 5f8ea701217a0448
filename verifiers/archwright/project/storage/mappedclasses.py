"""Which classes map tables: declarative ones of every style, with a table of their own or that of a parent."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.literals import Made
from archwright.project.types.inference import Inference

_DECLARATIVE = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta"})
_BASES = _DECLARATIVE | {"sqlmodel.SQLModel", "sqlmodel.main.SQLModel"}
_FACTORIES = frozenset({"automap_base", "declarative_base", "generate_base"})


class MappedClasses:
    """Answers about classes of one code base."""

    def __init__(self, inference: Inference, runner: Evaluator) -> None:
        self._inference = inference
        self._runner = runner
        self._mapped_bases: dict[str, bool] = inference.project.reads.table(None)

    def is_base(self, qualified: str) -> bool:
        """Whether a class is declarative: a base of tables, or a table."""
        known = self._mapped_bases.get(qualified)
        if known is None:
            reads = self._inference.project.reads
            known = reads.made(self._mapped_bases, qualified, lambda: self._is_mapped(qualified))
        return known

    def names_table(self, qualified: str) -> bool:
        """Whether the class has a table of its own."""
        scope = self.scope(qualified)
        if scope is None or not isinstance(scope.node, ir.ClassDef) or not self.is_base(qualified):
            return False
        own = scope.names.bound
        if "__abstract__" in own:
            return False
        if _DECLARATIVE & set(self._inference.classes.bases(qualified)):
            return False  # a base of tables, even where it says how they are called
        if self.is_sqlmodel(qualified):
            return any(a.keyword == "table" and a.value == ir.Const("True") for a in scope.node.bases)
        if "__tablename__" in own or "__table__" in own:
            return True
        for base in self._inference.classes.lineage(qualified)[1:]:
            inner = self.scope(base)
            if inner is None:
                continue
            for name in ("__tablename__", "__table__"):
                for how in inner.names.bound.get(name, ()):
                    # A mixin computes the name for each class; a constant belongs to the table that says it.
                    return how.kind == "function" or not self.is_base(base)
        return False

    def is_sqlmodel(self, qualified: str) -> bool:
        """Whether it is a class of SQLModel."""
        return any(
            b in ("sqlmodel.SQLModel", "sqlmodel.main.SQLModel")
            for b in self._inference.classes.lineage(qualified)
        )

    def scope(self, qualified: str) -> Scope | None:
        """The body of a class; None for one that is not of the code base."""
        if not self._inference.classes.known(qualified):
            return None
        module, qualname = self._inference.classes.locate(qualified)
        return self._inference.index(module).scopes.get(qualname)

    def _is_mapped(self, qualified: str) -> bool:
        lineage = self._inference.classes.lineage(qualified)
        return any(b in _BASES or self._made_base(b) for b in lineage) or self._registered(qualified)

    def _made_base(self, name: str) -> bool:
        """``Base = declarative_base()``."""
        if self._inference.classes.known(name) or "." not in name:
            return False
        found = self._inference.project.names.resolve(name)
        if found.kind != "symbol" or not self._inference.project.has(found.module):
            return False
        value = self._runner.module_value(found.module, found.symbol)
        return isinstance(value, Made) and value.last in _FACTORIES

    def _registered(self, qualified: str) -> bool:
        """``@registry.mapped``, ``@as_declarative()``."""
        if not self._inference.classes.known(qualified):
            return False
        module, qualname = self._inference.classes.locate(qualified)
        definition = next(
            (d for d in self._inference.project.summary(module).definitions if d.qualname == qualname), None
        )
        return definition is not None and any(
            d.rpartition(".")[2] in ("as_declarative", "mapped", "mapped_as_dataclass")
            for d in definition.decorators
        )
