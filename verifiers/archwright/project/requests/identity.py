"""Functions that serve requests, when the tenant is followed: what is the authenticated one's, and what the client sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from archwright.contracts.language import Pattern
from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects import catalogue
from archwright.project.execution.heap import Entry, Heap, Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit
from archwright.project.execution.reach import reachable
from archwright.project.execution.roots import declared_parameters
from archwright.project.execution.values import (
    Alternative,
    Column,
    Function,
    Literal,
    Made,
    Token,
    Unknown,
    Value,
    is_none,
)
from archwright.project.queries.selects import is_select
from archwright.project.requests.parameters import Requests
from archwright.project.types.values import ClassValue, ExternalInstance, FunctionValue, InstanceValue

_DEPTH = 6
_SENT = frozenset(
    {"body", "cookies", "form", "headers", "json", "path_params", "query_params", "stream", "url"}
)
_FRAMEWORKS = ("fastapi.", "starlette.")
_OF_THE_FRAMEWORK = (*_FRAMEWORKS, "sqlalchemy.", "sqlmodel.", "logging.")


class Origin(Enum):
    """Where one alternative of a value comes from."""

    PRINCIPAL = "principal"
    REQUEST = "request"
    ROW = "row"
    """A row that was read before."""
    NONE = "none"
    UNKNOWN = "unknown"
    OTHER = "other"
    """A constant, or what is computed from nothing that came in."""


class Identity(Requests):
    """The parameters of functions that serve requests; *principal* names attributes, and functions, that give the tenant."""

    def __init__(self, machine: Machine, principal: Iterable[Pattern]) -> None:
        super().__init__(machine, "")
        self._patterns = tuple(principal)
        self.replace = self.replaces

    def parameters(self, scope: Scope, store: dict[int, Object], depth: int = _DEPTH) -> dict[str, Value]:
        """What is injected from the principal, what the client sends, and others as they are declared."""
        found = declared_parameters(self._machine, scope, store)
        for param in scope.params:
            markers = [marker for marker, _ in self._injectors(param, scope)]
            if markers:
                found[param.name] = self._given(param, scope, markers, store, found[param.name], depth)
            else:
                found[param.name] = self._from_client(param, scope, store, found[param.name])
        return found

    def principals(self, scope: Scope) -> list[tuple[str, str]]:
        """The parameters that are who is calling, with the field that is the tenant."""
        return [
            (param.name, field)
            for param in scope.params
            if any(True for _ in self._injectors(param, scope))
            for cls in self._classes(param.annotation, scope)
            for field in self._fields(cls)
        ]

    def replaces(self, function: Function, hit: Hit) -> Value | None:
        """The authenticated tenant, or who has it, for functions the contract names; None for others."""
        if not any(self._named(name) for name in (function.qualified, function.looked_up_as)):
            return None
        scope = self._inference.index(function.module).scopes.get(function.qualname)
        return self._authenticated(scope, hit.state.heap) if scope is not None else (_TENANT,)

    def origins(self, values: Value, store: Heap, is_scoped: Callable[[Made], bool]) -> frozenset[Origin]:
        """Where the alternatives come from; *is_scoped* says whether rows of a statement are surely the tenant's."""
        return frozenset(self._origin(atom, store, is_scoped) for atom in values)

    # --- parameters ---

    def _given(
        self,
        param: ir.Param,
        scope: Scope,
        markers: list[ir.Call],
        store: dict[int, Object],
        declared: Value,
        depth: int,
    ) -> Value:
        """What a dependency provides."""
        provider = self._injected(param, scope)
        if provider is None and not any(marker.args for marker in markers):
            # ``Depends()``: the class is made from what the client sends.
            return self._from_client(param, scope, store, declared)
        if isinstance(provider, ClassValue):
            return (self.sent(provider, store),)
        if isinstance(provider, FunctionValue) and self._named(provider.qualified):
            inner = self._inference.scope(provider)
            return self._authenticated(inner, store) if inner is not None else (_TENANT,)
        principals = [cls for cls in self._classes(param.annotation, scope) if self._fields(cls)]
        if principals:
            return tuple(self._principal(cls, store) for cls in principals)
        plain = not self._classes(param.annotation, scope) and not any(map(_of_the_framework, declared))
        if provider is not None and depth and self._depends_on_client(provider, depth, plain):
            return self._provided(provider, store, depth)
        return tuple(Unknown(a.reason) if isinstance(a, Unknown) and a.parameter else a for a in declared)

    def _from_client(self, param: ir.Param, scope: Scope, store: dict[int, Object], declared: Value) -> Value:
        classes = self._classes(param.annotation, scope)
        if any(cls.qualified in self._machine.inferred.singletons for cls in classes):
            return declared
        sent = [cls for cls in classes if self._machine.data.declared(cls.qualified)]
        if sent:
            return tuple(self.sent(cls, store) for cls in sent)
        if classes or any(_of_the_framework(atom) for atom in declared):
            return declared
        return (Unknown(f"`{param.name}` of the request", param.name),)

    def _depends_on_client(self, provider: FunctionValue | ClassValue, depth: int, plain: bool) -> bool:
        """Whether what a dependency provides is worth following: it takes something sent, or the principal.

        A request is taken for many reasons: it counts only where the value is *plain*, neither service nor session.
        """
        scope = self._inference.scope(provider) if isinstance(provider, FunctionValue) else None
        if scope is None:
            return False
        for param in scope.params:
            injected = any(True for _ in self._injectors(param, scope))
            types = self._inference.types(param.annotation, scope)
            of_framework = any(isinstance(v, ExternalInstance) and _is_framework(v.name) for v in types)
            if any(isinstance(v, InstanceValue) and self._fields(v.cls) for v in types):
                return True
            if not injected and (plain or not of_framework):
                return True
            below = self._injected(param, scope)
            if below is not None and depth > 1 and self._depends_on_client(below, depth - 1, plain):
                return True
        return False

    def _authenticated(self, scope: Scope, store: dict[int, Object]) -> Value:
        """What a function that authenticates gives: a principal where it says so, otherwise the tenant."""
        returns = scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None
        principals = [cls for cls in self._classes(returns, scope) if self._fields(cls)]
        return tuple(self._principal(cls, store) for cls in principals) or (_TENANT,)

    def _principal(self, cls: ClassValue, store: dict[int, Object]) -> Alternative:
        entries = dict.fromkeys(self._fields(cls), Entry((_TENANT,)))
        made = Object("instance", entries, "its other attributes", "", cls.qualified)
        return self._machine.put(made, store)

    def _fields(self, cls: ClassValue) -> list[str]:
        """The fields of a class that are the tenant of who is calling."""
        declared = self._machine.data.declared(cls.qualified)
        return [name for name in declared if self._named(f"{cls.qualified}.{name}")]

    def _classes(self, annotation: ir.Expr | None, scope: Scope) -> list[ClassValue]:
        values = self._inference.types(annotation, scope)
        return [v.cls for v in sorted(values, key=repr) if isinstance(v, InstanceValue)]

    def _named(self, name: str) -> bool:
        return any(pattern.match(name) is not None for pattern in self._patterns)

    def sent_field(self, cls: str, name: str) -> Value:
        """A field of something a client sends; empty for models inside it, which are looked into."""
        declared = self._machine.data.declared
        if name not in declared(cls):
            return ()
        members = self._inference.member(InstanceValue(*self._inference.classes.locate(cls)), name)
        if any(isinstance(m, InstanceValue) and declared(m.cls.qualified) for m in members):
            return ()
        return (Unknown(f"`{name}` of the request", name),)

    # --- origins ---

    def _origin(self, atom: Alternative, store: Heap, is_scoped: Callable[[Made], bool]) -> Origin:
        if is_none(atom):
            return Origin.NONE
        found: set[Origin] = set()
        for part in reachable((atom,), store, self._derives):
            origin = self._part(part, is_scoped)
            if origin is not None:
                found.add(origin)
        if len(found) == 1:
            return found.pop()
        if found:
            # Of several things: if only one of them came from the principal, it need not be the principal's tenant.
            return (
                Origin.REQUEST
                if Origin.PRINCIPAL not in found and Origin.REQUEST in found
                else Origin.UNKNOWN
            )
        return Origin.OTHER if isinstance(atom, Literal | Column) else Origin.UNKNOWN

    def _part(self, part: Alternative, is_scoped: Callable[[Made], bool]) -> Origin | None:
        if isinstance(part, Token):
            return Origin.PRINCIPAL
        if isinstance(part, Unknown) and not part.type:
            return Origin.REQUEST if part.parameter else Origin.UNKNOWN
        if isinstance(part, Made):
            if _is_statement(part):
                return Origin.PRINCIPAL if is_scoped(part) else Origin.ROW
            if self._is_principals(part):
                return Origin.PRINCIPAL
            if part.name.startswith(_FRAMEWORKS) and not _SENT.isdisjoint(part.name.split(".")):
                return Origin.REQUEST
        return None

    def _is_principals(self, made: Made) -> bool:
        return not made.called and self._named(made.name)

    def _derives(self, atom: Alternative) -> bool:
        """Whether what is inside an alternative makes it what it is."""
        return not isinstance(atom, Made) or not (_is_statement(atom) or self._is_principals(atom))


def sent_by_client(values: Value, store: Heap) -> list[str]:
    """What the client sent that a value depends on, in words."""
    return [a.reason for a in reachable(values, store) if isinstance(a, Unknown) and a.parameter]


_TENANT = Token("tenant")


def _is_statement(made: Made) -> bool:
    return made.called and (is_select(made.name) or catalogue.member(made.name) in catalogue.STATEMENTS)


def _of_the_framework(atom: Alternative) -> bool:
    return isinstance(atom, Unknown) and _is_framework(atom.type)


def _is_framework(name: str) -> bool:
    return name.startswith(_OF_THE_FRAMEWORK)
