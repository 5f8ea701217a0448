"""Members of classes of the code base, by the exact class."""

from __future__ import annotations

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.data_classes import DataClasses
from archwright.project.types.inference import Inference

Member = Scope | tuple[ir.Expr, Scope]
"""A method, or the expression of a class attribute with the class body it stands in."""
_PROPERTIES = ("property", "cached_property", "hybrid_property")


class Members:
    """Answers about members, by the qualified name of the class."""

    def __init__(self, inference: Inference, data: DataClasses) -> None:
        self._inference = inference
        self._data = data

    def member(self, cls: str, name: str) -> Member | None:
        """The member an instance of exactly *cls* has; None when it has none that is written in a class body."""
        for base in self._inference.classes.lineage(cls):
            found = self.own(base, name)
            if found is not None:
                return found
        return None

    def own(self, cls: str, name: str) -> Member | None:
        """The member the body of *cls* itself has."""
        body = self._data.scope(cls)
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

    def is_property(self, member: Scope) -> bool:
        """Whether reading a method runs it."""
        return any(member.decorated(word) for word in _PROPERTIES)

    def constructor(self, cls: str) -> Scope | None:
        """The ``__init__`` written for *cls*; None when it is generated, or inherited from elsewhere."""
        return self.method(cls, "__init__")

    def method(self, cls: str, name: str) -> Scope | None:
        """The method *name* an instance of exactly *cls* has; None when it has none."""
        member = self.member(cls, name)
        return member if isinstance(member, Scope) else None
