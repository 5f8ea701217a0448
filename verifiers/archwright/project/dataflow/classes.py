"""Classes as far as following code needs them: members by the exact class, and fields in the order of a constructor."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.inference import Inference

Member = Scope | tuple[ir.Expr, Scope]
"""A method, or the expression of a class attribute with the class body it stands in."""
_PROPERTIES = ("property", "cached_property", "hybrid_property")
_NOT_FIELDS = frozenset({"ClassVar", "typing.ClassVar"})


class ClassFacts:
    """Answers about classes of the code base, by qualified name."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._reads = inference.project.reads
        self._fields: dict[str, dict[str, tuple[ir.AnnAssign, Scope]]] = self._reads.table(None)

    def member(self, cls: str, name: str) -> Member | None:
        """The member an instance of exactly *cls* has; None when it has none that is written in a class body."""
        for base in self._inference.classes.lineage(cls):
            found = self.own(base, name)
            if found is not None:
                return found
        return None

    def own(self, cls: str, name: str) -> Member | None:
        """The member the body of *cls* itself has."""
        body = self.body(cls)
        if body is None:
            return None
        for how in reversed(body.names.bound.get(name, ())):
            if how.kind == "function":
                inner = self._inference.index(body.module).by_node.get(id(how.node))
                if inner is not None and not any(
                    inner.decorated(word) for word in ("setter", "deleter", "overload")
                ):
                    return inner
            elif how.kind == "assign" and how.value is not None:
                return how.value, body
        return None

    def is_known(self, cls: str, name: str) -> bool:
        """Whether *name* is a member at all, declared or assigned in a method."""
        return self._inference.members.find(cls, name) is not None

    def is_property(self, member: Scope) -> bool:
        """Whether reading a method runs it."""
        return any(member.decorated(word) for word in _PROPERTIES)

    def fields(self, cls: str) -> dict[str, tuple[ir.AnnAssign, Scope]]:
        """The annotated fields of *cls* and its bases, in the order in which a generated constructor takes them."""
        known = self._fields.get(cls)
        if known is None:
            known = self._reads.made(self._fields, cls, lambda: self._read_fields(cls))
        return known

    def _read_fields(self, cls: str) -> dict[str, tuple[ir.AnnAssign, Scope]]:
        found: dict[str, tuple[ir.AnnAssign, Scope]] = {}
        for base in reversed(self._inference.classes.lineage(cls)):
            body = self.body(base)
            for statement in body.body if body is not None else ():
                if isinstance(statement, ir.AnnAssign) and isinstance(statement.target, ir.Name):
                    annotation = statement.annotation
                    base_name = annotation.value if isinstance(annotation, ir.Subscript) else annotation
                    if body is not None and ir.dotted(base_name) not in _NOT_FIELDS:
                        found[statement.target.id] = (statement, body)
        return found

    def constructor(self, cls: str) -> Scope | None:
        """The ``__init__`` written for *cls*; None when it is generated, or inherited from elsewhere."""
        member = self.member(cls, "__init__")
        return member if isinstance(member, Scope) else None

    def descends_from(self, cls: str, *names: str) -> bool:
        """Whether a class has one of *names*, the last words of qualified names, among its bases."""
        return any(base.rpartition(".")[2] in names for base in self._inference.classes.lineage(cls)[1:])

    def body(self, cls: str) -> Scope | None:
        """The body of a class; None when it is not of this code base."""
        if not self._inference.classes.known(cls):
            return None
        module, qualname = self._inference.classes.locate(cls)
        return self._inference.index(module).scopes.get(qualname)
