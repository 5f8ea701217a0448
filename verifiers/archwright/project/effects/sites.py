"""The effects in one body of code, and what that body makes run: calls, properties, context managers, decorators, callbacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects import catalogue
from archwright.project.effects.body import Body
from archwright.project.effects.callbacks import Callbacks
from archwright.project.effects.decorators import Decorators
from archwright.project.effects.external import ExternalCalls
from archwright.project.effects.facts import Effect, EffectSite, FunctionEffects
from archwright.project.effects.foreign import ForeignCode
from archwright.project.effects.implicit_attributes import Objects
from archwright.project.effects.implicit_calls import ImplicitCalls
from archwright.project.effects.implicit_names import ImplicitNames
from archwright.project.effects.nodes import running_nodes
from archwright.project.effects.statements import StatementReader
from archwright.project.effects.untyped import UntypedCalls
from archwright.project.types.inference import Inference
from archwright.project.types.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Values,
    called_names,
    is_unbound,
)

_MAPPED = ("__tablename__", "SQLModel")
"""A word that stands where classes are mapped: SQLModel names tables by itself."""
_ENTERING = ("__enter__", "__aenter__")
_LEAVING = ("__exit__", "__aexit__")

Further = Callable[[str], Effect | None]
"""The effect of a call by its full name, beyond the catalogue."""


class EffectReader:
    """Reads bodies; one per project. Effects of callees are not included, they are edges."""

    def __init__(self, inference: Inference, further: Further | None = None) -> None:
        self._inference = inference
        self._project = inference.project
        self._further: Further = further or _nothing_further
        self._statements = StatementReader(inference)
        self._names = ImplicitNames(inference.project)

    def read(self, scope: Scope) -> FunctionEffects:
        """The effects and edges of *scope*'s own body."""
        body = Body(self._inference, self._statements, scope, maps_rows=self._maps_rows)
        return _BodyReader(body, self._names, self._further).read()

    @property
    def _maps_rows(self) -> bool:
        """Whether an attribute could be that of a mapped row: some class of this code base is mapped."""
        for word in _MAPPED:
            self._project.reads.note("word", word)
        return self._mapped

    @cached_property
    def _mapped(self) -> bool:
        return any(self._project.mentioning([word]) for word in _MAPPED)


class _BodyReader:
    def __init__(self, body: Body, names: ImplicitNames, further: Further) -> None:
        self._body = body
        self._inference = body.inference
        self._scope = body.scope
        self._further = further
        self._decorators = Decorators(body.inference, body.scope, body.edges)
        self._implicit = ImplicitCalls(Objects(body.inference, names, body.scope, body.edges))
        self._external = ExternalCalls(body)
        self._foreign = ForeignCode(body)
        self._untyped = UntypedCalls(body)
        self._callbacks = Callbacks(body)

    def read(self) -> FunctionEffects:
        body = self._body
        self._foreign.around(self._decorators.around())
        for node, local, handed_off in running_nodes(self._scope.body):
            body.handed_off = handed_off
            if hasattr(node, "at"):
                body.at = node.at
            if isinstance(node, ir.Call):
                self._call(node, local)
            elif isinstance(node, ir.Await):
                body.awaited.add(id(node.value))
                self._foreign.used(node.value, "__await__", body.at, awaited=True)
            elif isinstance(node, ir.With):
                self._with(node)
            elif isinstance(node, ir.Name | ir.Attr):
                self._reference(node)
            elif isinstance(node, ir.Assign | ir.AugAssign | ir.AnnAssign):
                self._assignment(node)
            elif isinstance(node, ir.For):
                if node.is_async:
                    body.awaited.add(id(node.iter))
                self._foreign.used(node.iter, "__iter__", body.at, awaited=node.is_async)
            elif isinstance(node, ir.Subscript):
                self._foreign.used(node.value, "__getitem__", body.at)
            elif isinstance(node, ir.FunctionDef | ir.ClassDef):
                self._definition(node)
            self._implicit.read(node, body.at)
        return body.found()

    def _call(self, call: ir.Call, local: Mapping[str, Values]) -> None:
        body = self._body
        values = body.callees(call, local)
        names = sorted(v.name for v in values if isinstance(v, ExternalValue) and not is_unbound(v))
        known = False
        for name in sorted(called_names(values)):
            effect = self._further(name)
            if effect is not None:
                known = True
                body.add(effect, name, call.at)
        for name in names:
            known = self._external.read(name, call) or known
            body.foreign(name, call.at, awaited=id(call) in body.awaited)
        for value in sorted(values, key=repr):
            if isinstance(value, FunctionValue | ClassValue | InstanceValue):
                known = True
                body.edges.value(value, call.at, "calls", call)
        self._implicit.called(names, call)
        for value in sorted(values, key=repr):
            if isinstance(value, ClassValue):
                body.by_names(body.edges.outside(value, call), call.at)
                self._foreign.made(value, call.at)
        self._untyped.read(call, values, names, known=known)
        self._callbacks.read(call, names)
        self._foreign.given(call, names)

    # --- what runs without being called by name ---

    def _reference(self, node: ir.Name | ir.Attr) -> None:
        if isinstance(node, ir.Name) and not self._could_refer(node.id):
            return
        for value in self._inference.evaluate(node, self._scope):
            if isinstance(value, ExternalValue) and value.name in catalogue.REFERENCES:
                self._body.add(Effect(catalogue.REFERENCES[value.name]), value.name, self._body.at)

    def _could_refer(self, name: str) -> bool:
        """Whether a name is bound by an import or an assignment, here or in an enclosing scope."""
        current: Scope | None = self._scope
        while current is not None:
            bindings = current.names.bound.get(name)
            if bindings:
                return any(b.kind in ("import", "assign") for b in bindings)
            current = current.parent
        return False

    def _with(self, node: ir.With) -> None:
        for item in node.items:
            if node.is_async:
                self._body.awaited.add(id(item.expr))
            self._foreign.used(item.expr, "__enter__", node.at, awaited=node.is_async)
            for value in sorted(self._inference.evaluate(item.expr, self._scope), key=repr):
                if isinstance(value, ExternalInstance):
                    self._body.left(value.name, node.at)
                if not isinstance(value, InstanceValue):
                    continue
                for how, names in (("enters", _ENTERING), ("leaves", _LEAVING)):
                    for name in names:
                        self._body.edges.methods(value, name, how, node.at)

    def _assignment(self, node: ir.Assign | ir.AugAssign | ir.AnnAssign) -> None:
        """Setting an attribute of a mapped row changes the row."""
        if not self._body.maps_rows:
            return
        for target in node.targets if isinstance(node, ir.Assign) else (node.target,):
            if not isinstance(target, ir.Attr) or (isinstance(node, ir.AnnAssign) and node.value is None):
                continue
            values = self._inference.evaluate(target.value, self._scope)
            tables = self._body.statements.tables(
                frozenset(v for v in values if isinstance(v, InstanceValue))
            )
            if tables:
                written = f"{ir.dotted(target.value) or '…'}.{target.name}"
                effects = tuple(Effect("db.write", table) for table in tables)
                self._body.site(EffectSite(effects, True, written, node.at))

    def _definition(self, node: ir.FunctionDef | ir.ClassDef) -> None:
        self._body.applied.update(id(d) for d in node.decorators if isinstance(d, ir.Call))
        self._decorators.applied(node)
        self._foreign.applied(node)
        if isinstance(node, ir.ClassDef):
            self._foreign.derived(node)


def _nothing_further(name: str) -> Effect | None:
    return None
