"""What a body makes run, as edges: functions, constructors, methods – with the rows they are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects.facts import CallEdge
from archwright.project.effects.statements import StatementReader
from archwright.project.types.inference import Inference
from archwright.project.types.values import (
    ClassValue,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    Value,
    Values,
)

_MAKING = ("__init__", "__new__", "__post_init__", "__del__")
"""What making an instance runs; whoever makes one also has it go away in the end."""
_FACTORIES = frozenset({"default_factory", "factory"})


class Edges:
    """The edges of one body, as they are found."""

    def __init__(
        self, inference: Inference, statements: StatementReader, scope: Scope, *, maps_rows: bool
    ) -> None:
        self._inference = inference
        self._statements = statements
        self._scope = scope
        self._maps_rows = maps_rows
        self._found: dict[CallEdge, None] = {}

    def all(self) -> tuple[CallEdge, ...]:
        """Those found, in order."""
        return tuple(self._found)

    def value(self, value: Value, at: ir.Span, how: str, call: ir.Call | None = None) -> None:
        """What runs when *value* is called."""
        if isinstance(value, FunctionValue):
            given = call.args if call is not None else ()
            self.add(value.module, value.qualname, how, at, given=given, skipped=int(value.bound))
        elif isinstance(value, ClassValue):
            for name in _MAKING:
                self.own_method(value, name, how, at)
            for metaclass in self.metaclasses(value):
                self.own_method(metaclass, "__call__", how, at)
            for factory in self._factories(value, call):
                self.value(factory, at, "makes by")
        elif isinstance(value, InstanceValue):
            self.methods(value, "__call__", how, at)

    def own_method(self, cls: ClassValue, name: str, how: str, at: ir.Span) -> None:
        """A method of exactly this class: a constructor is never a subclass's."""
        classes = self._inference.classes
        owner = next(
            (b for b in classes.lineage(cls.qualified) if classes.known(b) and classes.defines(b, name)), None
        )
        if owner is not None:
            module, qualname = classes.locate(owner)
            self.add(module, f"{qualname}.{name}", how, at)

    def methods(
        self, value: InstanceValue, name: str, how: str, at: ir.Span, *, handed_off: bool = False
    ) -> None:
        """A method of an instance, or of one of a subclass."""
        for method in sorted(self._inference.member(value, name), key=repr):
            if isinstance(method, FunctionValue):
                self.add(method.module, method.qualname, how, at, handed_off=handed_off)

    def add(
        self,
        module: str,
        qualname: str,
        how: str,
        at: ir.Span,
        *,
        handed_off: bool = False,
        given: tuple[ir.Arg, ...] = (),
        skipped: int = 0,
        certain: bool = True,
    ) -> None:
        """*given* are the arguments for the parameters after the first *skipped* ones."""
        bound = list(self._bound(module, qualname, given, skipped)) if given else ()
        tables = tuple((name, table) for name, table, forwarded in bound if not forwarded)
        forwards = tuple((name, source) for name, source, forwarded in bound if forwarded)
        edge = CallEdge(module, qualname, how, at, handed_off, tables, forwards, certain)
        self._found.setdefault(edge)

    def possible(self, functions: Iterable[tuple[str, str]], at: ir.Span) -> None:
        """Functions of which a call may run one, or none: their modules and qualified names."""
        for module, qualname in functions:  # there may be thousands
            self._found.setdefault(CallEdge(module, qualname, "may call", at, certain=False))

    def metaclasses(self, cls: ClassValue) -> Iterator[ClassValue]:
        """The metaclass of a class, where it is one of this code base."""
        for name in self._inference.classes.lineage(cls.qualified):
            body = self._body(name)
            if body is None or not isinstance(body.node, ir.ClassDef):
                continue
            for base in body.node.bases:
                if base.keyword == "metaclass":
                    around = body.parent or body
                    values: Values = self._inference.evaluate(base.value, around)
                    yield from sorted((v for v in values if isinstance(v, ClassValue)), key=repr)
                    return

    def _factories(self, cls: ClassValue, call: ir.Call | None) -> Iterator[Value]:
        """What makes the values of fields that an instance is not given."""
        for name in self._inference.classes.lineage(cls.qualified):
            body = self._body(name)
            bound = body.names.bound if body is not None else {}
            for place, (field, bindings) in enumerate(bound.items()):
                for how in bindings if not _is_given(field, place, call) else ():
                    if body is None or how.kind != "assign" or not isinstance(how.value, ir.Call):
                        continue
                    for arg in how.value.args:
                        if arg.keyword in _FACTORIES:
                            yield from sorted(self._inference.evaluate(arg.value, body), key=repr)

    def outside(self, cls: ClassValue, call: ir.Call) -> Iterator[str]:
        """The external functions among those that make the values of fields."""
        for value in self._factories(cls, call):
            if isinstance(value, ExternalValue):
                yield value.name

    def _body(self, name: str) -> Scope | None:
        classes = self._inference.classes
        if not classes.known(name):
            return None
        module, qualname = classes.locate(name)
        return self._inference.index(module).scopes.get(qualname)

    def _bound(
        self, module: str, qualname: str, given: tuple[ir.Arg, ...], skipped: int
    ) -> Iterator[tuple[str, str, bool]]:
        """The parameters that get mapped rows or classes: with their table, or with the caller's parameter they come from."""
        target = self._inference.index(module).function(qualname) if given else None
        if target is None or not self._maps_rows:
            return
        positional = [p.name for p in target.params if p.kind in ("posonly", "arg")][skipped:]
        own = {param.name for param in self._scope.params}
        for position, arg in enumerate(given):
            if arg.star:
                return
            name = arg.keyword or (positional[position] if position < len(positional) else "")
            if not name or not isinstance(arg.value, ir.Name | ir.Attr | ir.Call):
                continue
            table = self._statements.table(self._inference.evaluate(arg.value, self._scope))
            if table:
                yield name, table, False
            elif isinstance(arg.value, ir.Name) and arg.value.id in own:
                yield name, arg.value.id, True


def _is_given(field: str, place: int, call: ir.Call | None) -> bool:
    """Whether a call gives a value for the field that is the *place*-th of its class."""
    if call is None:
        return False
    plain = sum(arg.keyword is None and not arg.star for arg in call.args)
    return place < plain or any(arg.keyword == field for arg in call.args)
