"""What names stand for: looked up as Python does, and followed through every way they are bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound, nonlocal_names
from archwright.facts.walk import walk_own
from archwright.project.code import CodeIndex, Scope
from archwright.project.names import Resolution
from archwright.project.types.annotations import CALLABLES
from archwright.project.types.inference_arguments import GivenArguments
from archwright.project.types.type_names import TYPE_PARAMETER
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Value,
    Values,
    external_names,
    is_unbound,
)

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

_Rebound = dict[tuple[str, str], list[tuple[Scope, Bound]]]
"""By the function that owns a name, and the name: bindings of it in functions inside, with the function they stand in."""
_INJECTING = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})


class NameBindings:
    """Follows names."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._given = GivenArguments(inference)
        self._reads = inference.project.reads
        self._rebound: dict[str, _Rebound] = self._reads.table("bound by nonlocal")

    def look_up(self, name: str, scope: Scope, depth: int) -> Values:
        """What *name* means in *scope*: its own binding, one of the scopes around, or a builtin."""
        current: Scope | None = scope
        first = True
        while current is not None:
            if (first or current.kind != "class") and name in current.names.bound:
                if current.kind == "module":
                    break
                values: set[Value] = set()
                for how in current.names.bound[name]:
                    values |= self.bound(how, name, current, depth - 1)
                for inner, how in self._bound_inside(name, current):
                    values |= self.bound(how, name, inner, depth - 1)
                return frozenset(values)
            if current.node is not None and any(p.name == name for p in current.node.type_params):
                return frozenset({TYPE_PARAMETER})
            first = False
            current = current.parent
        found = self._inference.project.names.resolve_in(scope.module, name)
        if found is None:
            return frozenset({ExternalValue(f"builtins.{name}")})
        return self.resolved(found, depth)

    def _bound_inside(self, name: str, scope: Scope) -> Sequence[tuple[Scope, Bound]]:
        """The bindings of *name* of the function *scope* in functions inside of it, by ``nonlocal``."""
        if scope.kind != "function":
            return ()
        known = self._rebound.get(scope.module)
        if known is None:
            index = self._inference.index(scope.module)
            known = self._reads.made(self._rebound, scope.module, lambda: _read_rebound(index))
        return known.get((scope.qualname, name), ())

    def bound(self, how: Bound, name: str, scope: Scope, depth: int) -> Values:
        """What one binding of *name* in *scope* gives it."""
        inference = self._inference
        if how.kind == "param" and isinstance(how.node, ir.Param):
            return self._parameter(how.node, scope, depth)
        if how.kind == "assign":
            if how.annotation is not None:
                # ``TypeAlias`` and the like aside, a declared type is wider than any one assigned value.
                declared = inference.annotations.of(how.annotation, scope, depth)
                if UNKNOWN not in declared or how.value is None:
                    return declared
            return inference.evaluate(how.value, scope, depth)
        if how.kind == "import" and isinstance(how.node, ir.Alias):
            return self._imported(how, scope, depth)
        if how.kind == "for" or (how.kind == "other" and isinstance(how.node, ir.Assign)):
            return inference.containers.bound(how, name, scope, depth)
        if how.kind in ("function", "class"):
            inner = inference.index(scope.module).by_node.get(id(how.node))
            return ANYTHING if inner is None else frozenset({_definition_value(inner)})
        if how.kind == "with" and isinstance(how.node, ir.WithItem):
            return inference.results.entered(how.node.expr, scope, depth)
        if how.kind == "except" and isinstance(how.node, ir.Handler):
            kinds = how.node.type.items if isinstance(how.node.type, ir.Seq) else (how.node.type,)
            return frozenset().union(
                *(inference.annotations.of(kind, scope, depth) for kind in kinds if kind is not None)
            )
        return ANYTHING

    def resolved(self, found: Resolution, depth: int) -> Values:
        """What a resolved dotted name stands for."""
        inference = self._inference
        if found.kind == "module":
            return frozenset({ModuleValue(found.module)})
        if found.kind == "external":
            return frozenset({ExternalValue(found.module)})
        if depth <= 0:
            inference.cuts += 1
            return ANYTHING
        if found.kind != "symbol" or not inference.project.has(found.module):
            return ANYTHING
        head, _, rest = found.symbol.partition(".")
        index = inference.index(found.module)
        values: set[Value] = set()
        for how in index.root.names.bound.get(head, ()):
            values |= self.bound(how, head, index.root, depth - 1)
        result: Values = frozenset(values) if values else ANYTHING
        for attribute in rest.split(".") if rest else ():
            result = inference.members.of(result, attribute, depth - 1)
        return result

    def _imported(self, how: Bound, scope: Scope, depth: int) -> Values:
        alias, statement = how.node, how.statement
        if not isinstance(alias, ir.Alias):
            return ANYTHING
        names = self._inference.project.names
        if isinstance(statement, ir.ImportFrom):
            base = names.absolute(scope.module, statement.module, statement.level)
            if base is None:
                return ANYTHING
            return self.resolved(names.resolve(f"{base}:{alias.name}"), depth)
        target = alias.name if alias.asname else alias.name.partition(".")[0]
        return self.resolved(names.resolve(target), depth)

    # --- parameters ---

    def _parameter(self, param: ir.Param, scope: Scope, depth: int) -> Values:
        owner = scope.owner
        if (
            owner is not None
            and scope.params
            and scope.params[0] is param
            and param.kind in ("arg", "posonly")
        ):
            if scope.decorated("classmethod"):
                return frozenset({ClassValue(owner.module, owner.qualname)})
            if not scope.decorated("staticmethod"):
                return frozenset({InstanceValue(owner.module, owner.qualname)})
        if param.annotation is None and _is_bridged(param, scope):
            return frozenset({ExternalInstance("sqlalchemy.orm.Session")})
        if param.kind == "vararg":
            return frozenset({ExternalInstance("builtins.tuple")})
        if param.kind == "kwarg":
            return frozenset({ExternalInstance("builtins.dict")})
        if param.annotation is None and isinstance(param.default, ir.Call):
            return self._injected(param.default, scope.parent or scope, depth)
        if param.annotation is None:
            declared = self._given.of(param, scope, depth)
        else:
            declared = self._inference.annotations.of(param.annotation, scope, depth)
        return declared | self._called_by_default(param, declared, scope, depth)

    def _called_by_default(self, param: ir.Param, declared: Values, scope: Scope, depth: int) -> Values:
        """The function a parameter stands for where it is given none: ``def stamp(now=time.time)``."""
        if not isinstance(param.default, ir.Name | ir.Attr | ir.Lambda):
            return NOTHING
        callable_ = any(isinstance(v, ExternalInstance) and v.name in CALLABLES for v in declared)
        if UNKNOWN not in declared and not callable_:
            return NOTHING
        given = self._inference.evaluate(param.default, scope.parent or scope, depth - 1)
        return frozenset(
            v
            for v in given
            if isinstance(v, FunctionValue) or (isinstance(v, ExternalValue) and not is_unbound(v))
        )

    def _injected(self, default: ir.Call, scope: Scope, depth: int) -> Values:
        """What ``session=Depends(get_session)`` gives: what the function returns, or yields."""
        inference = self._inference
        if (
            not default.args
            or not external_names(inference.evaluate(default.func, scope, depth - 1)) & _INJECTING
        ):
            return ANYTHING
        found: Values = NOTHING
        for value in inference.evaluate(default.args[0].value, scope, depth - 1):
            inner = inference.scope(value) if isinstance(value, FunctionValue) else None
            if isinstance(value, ClassValue):
                found |= {InstanceValue(value.module, value.qualname)}
            elif isinstance(value, FunctionValue) and inner is not None:
                yields = any(isinstance(node, ir.Yield) for node in walk_own(inner.body))
                found |= (
                    inference.results.yielded(inner, depth)
                    if yields
                    else inference.returned(value, depth - 1)
                )
            else:
                found |= ANYTHING
        return found or ANYTHING


def _read_rebound(index: CodeIndex) -> _Rebound:
    found: _Rebound = {}
    for inner in index.functions():
        for name, how in nonlocal_names(inner.body) if inner.names.elsewhere else ():
            around = inner.parent
            while around is not None and not (around.kind == "function" and name in around.names.bound):
                around = around.parent
            if around is not None:
                found.setdefault((around.qualname, name), []).append((inner, how))
    return found


def _is_bridged(param: ir.Param, scope: Scope) -> bool:
    """Whether a nested function is handed to ``session.run_sync``, which gives it a session of its own to work with."""
    if scope.parent is None or scope.parent.kind != "function" or scope.params[0] is not param:
        return False
    name = ir.Name(scope.qualname.rpartition(".")[2])
    return any(
        isinstance(node, ir.Call)
        and isinstance(node.func, ir.Attr)
        and node.func.name == "run_sync"
        and bool(node.args)
        and node.args[0].value == name
        for node in walk_own(scope.parent.body)
    )


def _definition_value(scope: Scope) -> Value:
    if scope.kind == "class":
        return ClassValue(scope.module, scope.qualname)
    return FunctionValue(scope.module, scope.qualname)
