"""Who implements a protocol without saying so: classes whose methods take what the protocol's methods take.

Names alone tell little: every class has a ``close``, and every decorator class a ``__call__``. The rules are those type checkers
apply to protocols (https://typing.python.org/en/latest/spec/protocol.html), as far as signatures show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.types.values import UNKNOWN, ExternalInstance, InstanceValue, Value, Values

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

_POSITIONAL = ("posonly", "arg")
_NUMBERS = frozenset({"bool", "int", "float", "complex"})
_CONTAINERS = frozenset({"str", "bytes", "dict", "list", "set", "frozenset", "tuple"})
_PROPERTIES = ("property", "cached_property")


class Protocols:
    """Finds the classes of a code base that satisfy its protocols; keeps what it has found."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._reads = inference.project.reads
        self._known: dict[str, tuple[str, ...]] = self._reads.table("implementers")
        self._busy: set[str] = set()

    def implementers(self, protocol: str) -> tuple[str, ...]:
        """Classes that satisfy *protocol* without naming it as a base, sorted."""
        known = self._known.get(protocol)
        if known is not None:
            return known
        if protocol in self._busy:
            self._inference.cuts += 1
            return ()
        self._busy.add(protocol)
        try:
            return self._reads.made(self._known, protocol, lambda: self._find(protocol))
        finally:
            self._busy.discard(protocol)

    def _find(self, protocol: str) -> tuple[str, ...]:
        classes = self._inference.classes
        wanted = {name: self._forms(protocol, name) for name in classes.protocol_methods(protocol)}
        return tuple(
            candidate
            for candidate in classes.with_methods_of(protocol)
            if all(
                any(self._satisfies(form, own, name) for own in self._forms(candidate, name))
                for name, forms in wanted.items()
                for form in forms
            )
        )

    def _satisfies(self, wanted: Scope, own: Scope, name: str) -> bool:
        if any(wanted.decorated(p) or own.decorated(p) for p in _PROPERTIES):
            return any(wanted.decorated(p) for p in _PROPERTIES)
        asked, taken = _Parameters(wanted), _Parameters(own)
        if name.startswith("__") and taken.takes_anything and not asked.takes_anything:
            return (
                False  # a wrapper around any function says nothing about what is called through this protocol
            )
        return self._alike_in_time(wanted, own) and taken.accept(asked) and self._types_fit(wanted, own)

    def _forms(self, cls: str, name: str) -> list[Scope]:
        """A method of a class: the overloads where it has any, otherwise its one definition."""
        classes = self._inference.classes
        for base in classes.lineage(cls):
            if classes.known(base) and classes.defines(base, name):
                module, qualname = classes.locate(base)
                index = self._inference.index(module)
                body = index.scopes.get(qualname)
                found = [
                    scope
                    for scope in (index.methods(body) if body is not None else ())
                    if scope.qualname.split("#")[0] == f"{qualname}.{name}"
                ]
                return [scope for scope in found if scope.decorated("overload")] or found[:1]
        return []

    # --- what is awaited, and types ---

    def _alike_in_time(self, wanted: Scope, own: Scope) -> bool:
        """Whether both are awaited or iterated asynchronously, or neither is, where that can be told."""
        if wanted.is_async == own.is_async:
            return True
        plain = own if wanted.is_async else wanted
        return not self._gives_plain_value(plain)

    def _gives_plain_value(self, scope: Scope) -> bool:
        """Whether a plain function is declared to give something that surely cannot be awaited."""
        returns = scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None
        if returns is None:
            return False
        outer = returns.value if isinstance(returns, ir.Subscript) else returns
        if isinstance(outer, ir.Const):
            return outer.text == "None"
        if isinstance(outer, ir.Name) and outer.id in _NUMBERS | _CONTAINERS:
            return True
        values = self._inference.types(returns, scope)
        awaited = ir.dotted(outer) or ""
        return (
            bool(values)
            and not awaited.endswith(("Awaitable", "Coroutine", "Future", "Task"))
            and all(isinstance(v, InstanceValue) for v in values)
            and not any(
                isinstance(v, InstanceValue)
                and self._inference.members.find(v.cls.qualified, "__await__") is not None
                for v in values
            )
        )

    def _types_fit(self, wanted: Scope, own: Scope) -> bool:
        pairs = [
            (one.annotation, other.annotation)
            for one, other in zip(_after_self(wanted), _after_self(own), strict=False)
            if one.kind in _POSITIONAL and other.kind in _POSITIONAL
        ]
        named = {param.name: param for param in own.params if param.kind == "kwonly"}
        pairs += [
            (param.annotation, named[param.name].annotation)
            for param in wanted.params
            if param.kind == "kwonly" and param.name in named
        ]
        if isinstance(wanted.node, ir.FunctionDef) and isinstance(own.node, ir.FunctionDef):
            pairs.append((wanted.node.returns, own.node.returns))
        return all(
            self._may_be_alike(self._inference.types(one, wanted), self._inference.types(other, own))
            for one, other in pairs
            if one is not None and other is not None
        )

    def _may_be_alike(self, wanted: Values, own: Values) -> bool:
        """Whether some value may be of both types."""
        if not wanted or not own or UNKNOWN in wanted or UNKNOWN in own:
            return True
        return any(self._related(one, other) for one in wanted for other in own)

    def _related(self, one: Value, other: Value) -> bool:
        a, b = _class_name(one), _class_name(other)
        if not a or not b or a == b or "builtins.object" in (a, b):
            return True
        builtin = [name.removeprefix("builtins.") for name in (a, b) if name.startswith("builtins.")]
        plain = [name for name in builtin if name in _NUMBERS | _CONTAINERS]
        if len(plain) == 2:
            return _NUMBERS.issuperset(plain)
        classes = self._inference.classes
        if a in classes.lineage(b) or b in classes.lineage(a):
            return True
        if plain:
            return not (classes.known(a) or classes.known(b)) or self._any_protocol(a, b)
        return not (classes.known(a) and classes.known(b)) or self._any_protocol(a, b)

    def _any_protocol(self, *names: str) -> bool:
        return any(self._inference.classes.is_protocol(name) for name in names)


class _Parameters:
    """The parameters of a method after ``self``."""

    def __init__(self, scope: Scope) -> None:
        params = _after_self(scope)
        self.positional = [p for p in params if p.kind in _POSITIONAL]
        self.named = {p.name: p for p in params if p.kind == "kwonly"}
        self.star = any(p.kind == "vararg" for p in params)
        self.spread = any(p.kind == "kwarg" for p in params)

    @property
    def takes_anything(self) -> bool:
        """Whether it is ``(*args, **kwargs)`` and no more."""
        return self.star and self.spread and not self.positional and not self.named

    def accept(self, asked: _Parameters) -> bool:
        """Whether everything that can be given to *asked* can be given to these."""
        if asked.takes_anything:
            return True
        if (asked.star and not self.star) or (asked.spread and not self.spread):
            return False
        for position, param in enumerate(asked.positional):
            if position >= len(self.positional):
                if not self.star:
                    return False
                continue
            own = self.positional[position]
            by_name = param.kind == "arg" and not param.name.startswith("__")
            if by_name and own.kind == "arg" and own.name != param.name:
                return False
            if param.default is not None and own.default is None:
                return False
        by_keyword = {p.name for p in self.positional[len(asked.positional) :] if p.kind == "arg"}
        if any(name not in self.named and name not in by_keyword and not self.spread for name in asked.named):
            return False
        further = [*self.positional[len(asked.positional) :], *self.named.values()]
        return all(p.default is not None or p.name in asked.named for p in further)


def _after_self(scope: Scope) -> tuple[ir.Param, ...]:
    return scope.params if scope.decorated("staticmethod") else scope.params[1:]


def _class_name(value: Value) -> str:
    if isinstance(value, InstanceValue):
        return value.cls.qualified
    return value.name if isinstance(value, ExternalInstance) else ""
