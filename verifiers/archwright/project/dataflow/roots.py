"""Where following begins: functions that serve requests, with what a client sends, and what runs before the first of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.contracts.language import Selector, Subject
from archwright.facts import ir
from archwright.project.annotations import parse_annotation
from archwright.project.calls import Site
from archwright.project.code import Scope
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.machine import Machine
from archwright.project.dataflow.state import State
from archwright.project.dataflow.trace import Chain
from archwright.project.dataflow.values import Args, Cell, Known, Object, Ref, Token, Unknown, Values
from archwright.project.values import ClassValue, ExternalValue, FunctionValue, InstanceValue

_INJECTORS = frozenset({"Depends", "Security"})
_DEPTH = 6


class Requests:
    """What the parameters of functions that serve requests are, when *name* is the parameter to follow."""

    def __init__(self, machine: Machine, name: str) -> None:
        self._machine = machine
        self._name = name
        self._inference = machine.inference
        machine.request_field = lambda _, field: (Token(name, raw=True),) if field == name else None

    def parameters(self, scope: Scope, store: dict[int, Cell], depth: int = _DEPTH) -> dict[str, Values]:
        """The parameters of the root *scope*: the one followed, models that contain it, what is injected, and others."""
        found = self._machine.parameters(scope, store)
        for param in scope.params:
            injected = self._injected(param, scope)
            if injected is not None and depth and self._leads(injected, depth):
                found[param.name] = self._provided(injected, store, depth)
            elif injected is None and param.name == self._name and not self._models(param, scope):
                found[param.name] = (Token(self._name, raw=True),)
            else:
                models = self._models(param, scope)
                if models:
                    found[param.name] = tuple(
                        self._machine.objects.open(cls, store, "request") for cls in models
                    )
        return found

    def accepts(self, scope: Scope, depth: int = _DEPTH) -> bool:
        """Whether the parameter followed is among what a client can send."""
        for param in scope.params:
            injected = self._injected(param, scope)
            if injected is not None and depth and self._leads(injected, depth):
                return True
            # What is injected may be read from the request by hand: then its type says what is in it.
            if self._models(param, scope) or (injected is None and param.name == self._name):
                return True
        return False

    # --- injected values ---

    def _provided(self, provider: FunctionValue | ClassValue, store: dict[int, Cell], depth: int) -> Values:
        machine = self._machine
        if isinstance(provider, ClassValue):
            return (machine.objects.open(provider, store, "request"),)
        scope = self._inference.scope(provider)
        if scope is None:
            return (Unknown(f"what `{provider.qualified}` provides"),)
        names = self.parameters(scope, store, depth - 1)
        frame = Frame(scope, State({}, store), Chain((scope.module, scope.qualname)))
        given = machine.calls.follow(provider, Args((), names), frame, (1, 1, 1, 1))
        store.update(frame.store)
        values: Values = ()
        for atom in given:
            cell = machine.cell(atom, frame) if isinstance(atom, Ref) else None
            if not isinstance(cell, Object) and isinstance(atom, Ref):
                # A generator that yields what it provides.
                values += machine.objects.entered((atom,), frame)
            else:
                values += (atom,)
        return values

    def _leads(self, provider: FunctionValue | ClassValue, depth: int) -> bool:
        """Whether what is injected takes the parameter followed from the request."""
        if isinstance(provider, ClassValue):
            return self._name in self._machine.objects.facts.fields(provider.qualified) or self._by_init(
                provider
            )
        scope = self._inference.scope(provider)
        return scope is not None and self.accepts(scope, depth - 1)

    def _by_init(self, cls: ClassValue) -> bool:
        constructor = self._machine.objects.facts.constructor(cls.qualified)
        return constructor is not None and any(p.name == self._name for p in constructor.params)

    def _injected(self, param: ir.Param, scope: Scope) -> FunctionValue | ClassValue | None:
        """The function behind ``Depends(f)``, as a default, in ``Annotated`` or behind an alias."""
        for injector, where in self._injectors(param, scope):
            if injector.args:
                target = injector.args[0].value
                for value in sorted(self._inference.evaluate(target, where), key=repr):
                    if isinstance(value, FunctionValue | ClassValue):
                        return value
        return None

    def _injectors(self, param: ir.Param, scope: Scope) -> Iterator[tuple[ir.Call, Scope]]:
        """The calls of ``Depends`` that say what a parameter is."""
        for expr, where in self._markers(param, scope):
            if isinstance(expr, ir.Call) and self._injects(expr.func, where):
                yield expr, where

    def _injects(self, function: ir.Expr, scope: Scope) -> bool:
        """Whether *function* is ``Depends``, under whatever name it was imported."""
        if (ir.dotted(function) or "").rpartition(".")[2] in _INJECTORS:
            return True
        return any(
            isinstance(value, ExternalValue) and value.name.rpartition(".")[2] in _INJECTORS
            for value in self._inference.evaluate(function, scope)
        )

    def _markers(self, param: ir.Param, scope: Scope) -> Iterator[tuple[ir.Expr, Scope]]:
        where = scope.parent or scope
        if param.default is not None:
            yield param.default, where
        annotation = param.annotation
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        for _ in range(_DEPTH):
            if isinstance(annotation, ir.Subscript):
                for item in annotation.index[1:]:
                    yield item, where
                return
            alias = self._alias(annotation, where)
            if alias is None:
                return
            annotation, where = alias

    def _alias(self, expr: ir.Expr | None, scope: Scope) -> tuple[ir.Expr, Scope] | None:
        """The expression behind a name of module level that is assigned once."""
        name = ir.dotted(expr)
        found = self._inference.project.names.resolve_in(scope.module, name) if name else None
        if found is None or found.kind != "symbol" or not self._inference.project.has(found.module):
            return None
        root = self._inference.index(found.module).root
        value = root.names.only(found.symbol)
        return None if value is None else (value, root)

    def _models(self, param: ir.Param, scope: Scope) -> list[ClassValue]:
        """The classes a parameter may be of that have a field of the name followed."""
        values = self._inference.types(param.annotation, scope)
        classes = [v.cls for v in sorted(values, key=repr) if isinstance(v, InstanceValue)]
        facts = self._machine.objects.facts
        return [cls for cls in classes if self._name in facts.fields(cls.qualified)]


def prepare(machine: Machine, selector: Selector, sites: Iterable[Site]) -> None:
    """Runs the functions in which something is registered: what they put into shared objects is there for every root.

    An object that is registered with, and that parameters are declared to be, is taken to be the one there is; so is a
    parameter without a type on which a method of that name is called.
    """
    owners = _owners(machine, selector)
    for owner in owners:
        _make_single(machine, owner)
    functions: dict[int, tuple[Scope, list[Site]]] = {}
    for site in sites:
        if site.is_call:
            functions.setdefault(id(site.scope), (site.scope, []))[1].append(site)
    shared = tuple(atom for owner in owners for atom in machine.singletons[owner])
    for scope, registering in functions.values():
        store = machine.start()
        names = machine.parameters(scope, store)
        for site in registering:
            func = site.node.func
            receiver = func.value if isinstance(func, ir.Attr) else None
            if not site.certain and shared and isinstance(receiver, ir.Name) and receiver.id in names:
                names[receiver.id] = shared
        machine.run(scope, names, store, keep=True)


def _owners(machine: Machine, selector: Selector) -> list[str]:
    """The classes with a method that *selector* means."""
    found = []
    project = machine.inference.project
    project.reads.note("classes")
    for module, summary in project.summaries():
        for definition in summary.definitions:
            owner = definition.qualname.rpartition(".")[0]
            name = f"{module}.{definition.qualname}"
            if owner and definition.kind == "function" and selector.matches(Subject(call=name)):
                qualified = f"{module}.{owner}"
                if machine.inference.classes.known(qualified) and qualified not in found:
                    found.append(qualified)
    return found


def _make_single(machine: Machine, owner: str) -> None:
    module, qualname = machine.inference.classes.locate(owner)
    cls = ClassValue(module, qualname)
    root = machine.inference.index(module).root
    frame = Frame(root, State({}, dict(machine.lasting)), Chain((module, "")))
    made = machine.calls.call((Known(cls),), (), frame, (1, 1, 1, 1))
    if not made:
        # Its constructor wants something: what it is given is not known.
        made = (machine.objects.open(cls, frame.store),)
    machine.lasting.update(frame.store)
    machine.singletons[owner] = made
