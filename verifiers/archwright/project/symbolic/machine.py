"""Executes functions symbolically: names, attributes, calls. What it cannot follow is Unknown, never a guess.

Paths are kept apart where they matter and joined where there are too many. Functions of the code base are entered when their
arguments or results can carry keys, texts or callables; engines and drivers that only compute are not. An observer sees every
call with its arguments.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.inference import Inference
from archwright.project.names import Resolution
from archwright.project.symbolic.attributes import Attributes
from archwright.project.symbolic.binding import Arguments, Bound, bind
from archwright.project.symbolic.ends import Frame, PathEndsError
from archwright.project.symbolic.expressions import YIELDED, evaluate
from archwright.project.symbolic.fields import DataClasses
from archwright.project.symbolic.library import call_outside
from archwright.project.symbolic.state import State, joined_heaps, reachable
from archwright.project.symbolic.statements import execute
from archwright.project.symbolic.values import (
    NONE,
    NOT_TOLD,
    Alternative,
    Class,
    Closure,
    Entry,
    External,
    Function,
    LambdaFunction,
    Literal,
    Module,
    Object,
    Partial,
    Ref,
    Typed,
    Unknown,
    Value,
    union,
)
from archwright.project.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Values,
)

_MAX_DEPTH = 14
_BUDGET = 12000
"""Statements one run may execute before it gives up."""
_SHORT = 4
"""Statements of a function that only makes a value, not counting those that name a part of it: a thorough run enters it."""
_CARRIERS = frozenset({"dict", "Mapping", "MutableMapping", "tuple", "Any", "OrderedDict", "defaultdict"})


class Hit(msgspec.Struct, frozen=True):
    """A call as it was reached."""

    call: ir.Call
    frame: Frame
    callee: Alternative
    names: frozenset[str]
    """The full names of what is called."""
    args: Arguments
    bound: Bound | None
    """How the arguments fit, where the callee is a function of the code base."""
    state: State
    alone: bool
    """Whether nothing else can be called there."""


Observer = Callable[[Hit], None]


class Machine:
    """One per project; what module bodies leave behind is kept between runs."""

    def __init__(self, inference: Inference, tracked: Callable[[str], bool] | None = None) -> None:
        """*tracked*: classes of other packages whose instances are told apart by where they are made."""
        self.inference = inference
        self.tracked: Callable[[str], bool] = tracked or (lambda name: False)
        self.data = DataClasses(inference)
        self.attributes = Attributes(self)
        self._reads = inference.project.reads
        self.base: dict[int, Object] = self._reads.store("objects of modules")
        self.seen: set[str] = set()
        """Origins of entries somebody has looked at, in this run."""
        self.absent: list[tuple[int, str, bool]] = []
        """Keys that were looked up, in this run, in objects that surely or possibly have none of that name."""
        self.exhausted = False
        self.spent = 0
        """Statements executed so far, in all runs."""
        self._observe: Observer | None = None
        self._entered: frozenset[tuple[str, str]] = frozenset()
        self._avoided: frozenset[tuple[str, str]] = frozenset()
        self._thorough = False
        self._tracing = False
        self._home = ""
        self.ignoring_assertions = False
        """Whether code runs as under ``python -O``."""
        self.in_module = False
        """Whether the body of a module is being executed: what makes its constants is entered."""
        self._left = 0
        self._alone = True
        self._modules: dict[str, dict[str, Value]] = self._reads.table("names of modules")
        self._being_executed: set[str] = set()
        self._captured: dict[int, Mapping[str, Value]] = self._reads.store("names around functions")
        self._defined: dict[int, Mapping[str, Value]] = self._reads.store("names at definitions")
        """The names around a nested function when it was defined: its defaults are made of those."""
        self._lambdas: dict[int, Closure] = self._reads.store("lambdas")
        self._numbers: dict[str, int] = self._reads.store("numbers")
        self.watched: list[tuple[Frame, list[State]]] = []
        """The bodies that are being tried, with the states in which something in them may have been raised."""

    # --- running ---

    def run(
        self,
        scope: Scope,
        observe: Observer,
        *,
        enter: frozenset[tuple[str, str]] = frozenset(),
        avoid: frozenset[tuple[str, str]] = frozenset(),
        thorough: bool = False,
        tracing: bool = False,
        ignoring_assertions: bool = False,
        names: dict[str, Value] | None = None,
        heap: dict[int, Object] | None = None,
    ) -> list[tuple[Value, State]]:
        """Executes the body of *scope*; gives what it returns, path by path.

        *enter*: functions to enter whatever they look like; *avoid*: functions not to enter; *thorough*: enter short
        functions, too; *tracing*: enter only what entries with an origin come to; *ignoring_assertions*: as under
        ``python -O``. *names*: values of parameters; the
        others come from callers.
        """
        outer = self._observe, self._entered, self._avoided, self._left
        self._thorough, self._tracing, self._home = thorough, tracing, scope.module
        self._observe, self._entered, self._avoided, self._left = observe, enter, avoid, _BUDGET
        self.exhausted = False
        self.ignoring_assertions = ignoring_assertions
        try:
            state = State({}, dict(heap or {}))
            given = {} if names is None else names
            for param in scope.params:
                state.names[param.name] = given.get(param.name) or self.parameter(param, scope, state)
            return self.body(scope, Frame(scope), state)
        finally:
            self._observe, self._entered, self._avoided, self._left = outer
            self._thorough = self._tracing = self.ignoring_assertions = False

    def parameter(self, param: ir.Param, scope: Scope, state: State) -> Value:
        """What a parameter holds when nothing is known of the callers."""
        owner = scope.owner
        if owner is not None and scope.params[0] is param and param.kind in ("arg", "posonly"):
            if scope.decorated("classmethod"):
                return (Class(owner.module, owner.qualname),)
            if not scope.decorated("staticmethod"):
                cls = Class(owner.module, owner.qualname).qualified
                return (self.new(Object("instance", {}, "its other attributes", "", cls), state),)
        if param.kind == "kwarg":
            return (self.new(Object("dict", {}, f"`**{param.name}`", param.name), state),)
        if param.kind == "vararg":
            return (Unknown(f"`*{param.name}`", param.name, "builtins.tuple"),)
        return self.attributes.of_annotation(param.annotation, scope, f"parameter `{param.name}`", param.name)

    def body(self, scope: Scope, frame: Frame, state: State) -> list[tuple[Value, State]]:
        """Executes a body; the values it returns with the states they leave."""
        returned: list[tuple[Value, State]] = []
        for kind, after, value in execute(self, scope.body, [state], frame):
            if kind in ("next", "return"):
                returned.append((value if kind == "return" else NONE, after))
        return returned

    def spend(self) -> bool:
        """Counts a statement; False when the run has had enough."""
        self._left -= 1
        self.spent += 1
        if self._left < 0:
            self.exhausted = True
        return self._left >= 0

    # --- objects ---

    def new(self, made: Object, state: State) -> Ref:
        """Puts an object on the heap."""
        number = self._number()
        state.heap[number] = made
        return Ref(number)

    def object(self, ref: Ref, state: State) -> Object:
        """The object behind a reference."""
        found = state.heap.get(ref.loc) or self.base.get(ref.loc)
        return found if found is not None else Object("dict", {}, "an object that is not known")

    def objects(self, state: State) -> Mapping[int, Object]:
        """All objects there are in *state*; a view, since modules leave many behind."""
        return ChainMap(state.heap, self.base)

    def look(self, entry: Entry) -> Value:
        """The value of an entry, which has then been looked at."""
        if entry.origin:
            self.seen.add(entry.origin)
        return entry.value

    def note_keys(self, ref: Ref, keys: list[str], made: Object) -> None:
        """Notes which of *keys* an object that is asked for them may not have."""
        for key in keys:
            entry = made.entries.get(key)
            if (entry is None and not made.open) or (entry is not None and not entry.sure):
                self.absent.append((ref.loc, key, entry is None))

    def look_into(self, value: Value, state: State) -> None:
        """Everything *value* leads to has been looked at."""
        for loc in reachable(value, self.objects(state)):
            for entry in self.object(Ref(loc), state).entries.values():
                self.look(entry)

    # --- names ---

    def evaluate(self, expr: ir.Expr | None, state: State, frame: Frame) -> Value:
        """The value of *expr*."""
        return evaluate(self, expr, state, frame)

    def name(self, name: str, state: State, frame: Frame) -> Value:
        """What *name* holds."""
        if name in state.names:
            return state.names[name]
        scope: Scope | None = frame.scope
        first = True
        while scope is not None and scope.kind != "module":
            if (first or scope.kind != "class") and name in scope.names.bound:
                if scope.kind == "class" or not first:
                    found = self.from_values(self.inference.name(name, frame.scope))
                    # Whoever calls the function around knows more.
                    return tuple(
                        msgspec.structs.replace(one, parameter=name) if isinstance(one, Unknown) else one
                        for one in found
                    )
                return NOT_TOLD
            first = False
            scope = scope.parent
        return self.global_name(name, frame.scope.module)

    def global_name(self, name: str, module: str) -> Value:
        """What *name* holds at the top of *module*."""
        found = self.inference.project.names.resolve_in(module, name)
        return (External(f"builtins.{name}"),) if found is None else self.resolved(found)

    def resolved(self, found: Resolution) -> Value:
        """What a resolved name stands for."""
        if found.kind == "module":
            return (Module(found.module),)
        if found.kind == "external":
            return (External(found.module),)
        if found.kind != "symbol" or not self.inference.project.has(found.module):
            return (Unknown(f"`{found.qualified}` leads nowhere"),)
        head, _, rest = found.symbol.partition(".")
        value = self.module_names(found.module).get(head)
        if value is None:
            value = self.from_values(self.inference.resolved(found, 24)) if not rest else NOT_TOLD
        for part in rest.split(".") if rest else ():
            value = self.attributes.of(value, part, State(), Frame(self.inference.index(found.module).root))
        return value

    def module_names(self, module: str) -> Mapping[str, Value]:
        """What the body of *module* leaves behind; empty while it is being executed."""
        known = self._modules.get(module)
        if known is None and module in self._being_executed:
            return {}
        if known is None:
            known = self._reads.made(self._modules, module, lambda: self._executed(module))
        return known

    def _executed(self, module: str) -> dict[str, Value]:
        root = self.inference.index(module).root
        outer = self._observe, self._left, self.exhausted, self.in_module
        self._observe, self._left, self.in_module = None, _BUDGET, True
        self._being_executed.add(module)
        try:
            ends = [s for _, s in self.body(root, Frame(root), State({}, {}))]
        finally:
            self._observe, self._left, self.exhausted, self.in_module = outer
            self._being_executed.discard(module)
        self.base.update(joined_heaps([s.heap for s in ends]) if ends else {})
        names = {name for s in ends for name in s.names}
        return {name: union(s.names[name] for s in ends if name in s.names) for name in names}

    def from_values(self, values: Values) -> Value:
        """What inference says, in the terms of execution."""
        found: list[Alternative] = []
        for value in sorted(values, key=repr):
            if isinstance(value, FunctionValue):
                owner = value.qualname.rpartition(".")[0]
                receiver = Typed(value.module, owner) if value.bound and owner else None
                found.append(Function(value.module, value.qualname, receiver))
            elif isinstance(value, ClassValue):
                found.append(Class(value.module, value.qualname))
            elif isinstance(value, InstanceValue):
                found.append(Typed(value.module, value.qualname))
            elif isinstance(value, ModuleValue):
                found.append(Module(value.name))
            elif isinstance(value, ExternalValue):
                found.append(External(value.name))
            elif isinstance(value, ExternalInstance):
                found.append(Unknown("", "", value.name))
            else:
                found.append(Unknown())
        return tuple(found) or NOT_TOLD

    # --- functions as values ---

    def closure(self, scope: Scope, state: State) -> Value:
        """A nested function with the names around it."""
        number = self._number()
        self._captured[number] = state.names
        self._defined[number] = dict(state.names)
        return (Function(scope.module, scope.qualname, None, number),)

    def lambda_(self, node: ir.Lambda, state: State, frame: Frame) -> Value:
        """A lambda with the names around it."""
        number = self._number()
        self._lambdas[number] = Closure(node, frame.scope, state.names)
        return (LambdaFunction(number),)

    def _number(self) -> int:
        """A number nothing else is known by."""
        number = self._numbers["last"] = self._numbers.get("last", 0) + 1
        return number

    # --- calls ---

    def call(self, call: ir.Call, state: State, frame: Frame) -> Value:
        """What a call gives. Raises ``PathEndsError`` when nothing that may be called returns."""
        callees = self.attributes.called(call.func, state, frame)
        args = self.arguments(call, state, frame)
        if not callees or any(isinstance(c, Unknown) for c in callees):
            inferred = self.from_values(self.inference.callees(call, frame.scope))
            known = tuple(c for c in inferred if not isinstance(c, Unknown))
            callees = known or callees
        if len(callees) == 1:
            self._alone = True
            return self.apply(callees[0], args, call, state, frame)
        results: list[Value] = []
        ended = 0
        before = dict(state.heap)
        heaps: list[dict[int, Object]] = []
        for callee in callees:
            state.heap = dict(before)
            self._alone = False
            try:
                results.append(self.apply(callee, args, call, state, frame))
                heaps.append(state.heap)
            except PathEndsError:
                ended += 1
        if ended and ended == len(callees):
            state.heap = before
            raise PathEndsError
        state.heap = joined_heaps(heaps) if heaps else before
        return union(results) or NOT_TOLD

    def arguments(self, call: ir.Call, state: State, frame: Frame) -> Arguments:
        """The evaluated arguments of a call."""
        args = Arguments([], {})
        for arg in call.args:
            value = self.evaluate(arg.value, state, frame)
            if arg.star == 2:
                self._spread(value, args, state)
            elif arg.star == 1:
                single = value[0] if len(value) == 1 else None
                made = self.object(single, state) if isinstance(single, Ref) else None
                if (
                    made is not None
                    and made.kind in ("list", "tuple")
                    and not made.open
                    and all(e.sure for e in made.entries.values())
                ):
                    args.positional.extend(e.value for e in made.entries.values())
                else:
                    args.more_positional = True
            elif arg.keyword:
                args.keywords[arg.keyword] = Entry(value)
            else:
                args.positional.append(value)
        return args

    @staticmethod
    def given(values: list[Value]) -> Arguments:
        """Arguments given by position."""
        return Arguments(values, {})

    def _spread(self, value: Value, args: Arguments, state: State) -> None:
        args.spread = True
        objects = [self.object(a, state) for a in value if isinstance(a, Ref)]
        for alternative in value:
            if not isinstance(alternative, Ref):
                args.more_keywords = args.more_keywords or "a `**spread` that cannot be told"
                args.parameter = args.parameter or getattr(alternative, "parameter", "")
        for made in objects:
            if made.open:
                args.more_keywords, args.parameter = made.open, args.parameter or made.parameter
            for key, entry in made.entries.items():
                if isinstance(key, str):
                    everywhere = entry.sure and len(value) == sum(key in o.entries for o in objects)
                    args.keywords[key] = msgspec.structs.replace(entry, sure=everywhere)

    def apply(self, callee: Alternative, args: Arguments, call: ir.Call, state: State, frame: Frame) -> Value:
        """What calling one thing gives."""
        if isinstance(callee, Function):
            return self._apply_function(callee, args, call, state, frame)
        if isinstance(callee, LambdaFunction):
            return self._apply_lambda(callee, args, state, frame)
        if isinstance(callee, Partial):
            given = Arguments(
                [*callee.positional, *args.positional],
                {**{k: Entry(v) for k, v in callee.keywords}, **args.keywords},
                args.more_positional,
                args.more_keywords,
                args.parameter,
                args.spread,
            )
            return self.apply(callee.function, given, call, state, frame)
        if isinstance(callee, Class):
            return self.attributes.construct(callee, args, call, state, frame)
        if isinstance(callee, External):
            self._tell(callee, frozenset({callee.name}), args, None, call, state, frame)
            self._callbacks(args, call, state, frame)
            return call_outside(self, callee, args, call, frame.scope.module, state)
        if isinstance(callee, Ref | Typed):
            found = self.attributes.of((callee,), "__call__", state, frame)
            inner = [f for f in found if isinstance(f, Function)]
            return union(self.apply(f, args, call, state, frame) for f in inner) if inner else NOT_TOLD
        self._callbacks(args, call, state, frame)
        for value in (*args.positional, *(e.value for e in args.keywords.values())):
            self.look_into(value, state)
        for entry in args.keywords.values():
            self.look(entry)
        return (Unknown("what is called cannot be told", getattr(callee, "parameter", "")),)

    def tell_construction(
        self, cls: Class, args: Arguments, bound: Bound | None, call: ir.Call, state: State, frame: Frame
    ) -> None:
        """An instance of a class of the code base is made."""
        names = frozenset({cls.qualified, f"{cls.qualified}.__init__"})
        self._tell(cls, names, args, bound, call, state, frame)

    def _tell(
        self,
        callee: Alternative,
        names: frozenset[str],
        args: Arguments,
        bound: Bound | None,
        call: ir.Call,
        state: State,
        frame: Frame,
    ) -> None:
        if self._observe is not None:
            self._observe(Hit(call, frame, callee, names, args, bound, state, self._alone))

    def _apply_function(
        self, callee: Function, args: Arguments, call: ir.Call, state: State, frame: Frame
    ) -> Value:
        scope = self.inference.index(callee.module).scopes.get(callee.qualname)
        if scope is None or not isinstance(scope.node, ir.FunctionDef):
            return NOT_TOLD
        params = scope.params
        takes_receiver = callee.receiver is not None and bool(params)
        bound = bind(params[1:] if takes_receiver else params, args)
        names = frozenset({scope.qualified.split("#")[0], *self._looked_up_as(callee)})
        self._tell(callee, names, args, bound, call, state, frame)
        for entry in bound.entries.values():
            self.look(entry)
        if not self.worth_entering(callee, scope, args, state, frame):
            for entry in bound.rest.entries.values() if bound.rest is not None else ():
                self.look(entry)
            self._callbacks(args, call, state, frame)
            given = FunctionValue(callee.module, callee.qualname)
            return self.from_values(self.inference.returned(given))
        return self._enter(callee, scope, bound, call, state, frame)

    def _enter(
        self, callee: Function, scope: Scope, bound: Bound, call: ir.Call, state: State, frame: Frame
    ) -> Value:
        inner = Frame(scope, (*frame.trail, (frame.scope, call)))
        names = dict(self._captured.get(callee.captured, {}))
        if callee.receiver is not None and scope.params:
            names[scope.params[0].name] = (callee.receiver,)
        heap = dict(state.heap)
        begin = State(names, heap)
        around = scope.parent if callee.captured else None
        home = Frame(around or self.inference.index(callee.module).root, inner.trail)
        defined = self._defined.get(callee.captured, {})
        for param in scope.params:
            if param.name in bound.names and param.name not in bound.perhaps:
                names[param.name] = bound.names[param.name]
            elif param.kind not in ("vararg", "kwarg") and param.default is not None:
                default = self.evaluate(param.default, State(dict(defined), heap), home)
                names[param.name] = union([bound.perhaps.get(param.name, ()), default])
        if bound.rest is not None:
            names[bound.rest_name] = (self.new(bound.rest, begin),)
        ends = self.body(scope, inner, begin)
        if not ends:
            raise PathEndsError
        state.heap = joined_heaps([s.heap for _, s in ends])
        if any(isinstance(node, ir.Yield) for node in walk_own(scope.body)):
            return self._generated([s.names.get(YIELDED, ()) for _, s in ends], scope, state)
        return union(value for value, _ in ends)

    def _generated(self, yielded: list[Value], scope: Scope, state: State) -> Value:
        """What calling a generator function gives: so many of what it yields, or none."""
        values = union(yielded)
        if scope.decorated("contextmanager") or scope.decorated("asynccontextmanager"):
            return NOT_TOLD
        return (self.new(Object("list", {0: Entry(values, sure=False)} if values else {}), state),)

    def _looked_up_as(self, callee: Function) -> set[str]:
        """The method under the class it was found through."""
        receiver = callee.receiver
        if isinstance(receiver, Typed | Class):
            return {f"{receiver.qualified}.{callee.qualname.split('#')[0].rpartition('.')[2]}"}
        return set()

    def worth_entering(
        self, callee: Function, scope: Scope, args: Arguments, state: State, frame: Frame
    ) -> bool:
        """Whether a function can carry keys, texts or callables further, or give some back."""
        key = (callee.module, callee.qualname)
        path = [s for s, _ in frame.trail] + [frame.scope]
        if sum(s is scope for s in path) > 1 or len(path) > _MAX_DEPTH or self._left <= 0:
            self.exhausted = self.exhausted or self._left <= 0
            return False
        if key in self._avoided:
            return False
        if key in self._entered or callee.captured:
            return True
        given = [*args.positional, *(e.value for e in args.keywords.values())]
        if (args.spread and not self._tracing) or any(e.origin for e in args.keywords.values()):
            return True
        if any(self._carries(value, state) for value in given):
            return True
        if self._thorough and _is_short(scope):
            return True
        if self._tracing and scope.module != self._home:
            # Other constructors of a class are what says how an operation ended.
            makes = scope.decorated("staticmethod") or scope.decorated("classmethod")
            return scope.owner is not None and makes and _is_short(scope)
        returns = scope.node.returns if isinstance(scope.node, ir.FunctionDef) else None
        return returns is None or _may_carry(returns) or self._makes_carrier(returns, scope)

    def _makes_carrier(self, returns: ir.Expr, scope: Scope) -> bool:
        """Whether the declared result is an object with a dictionary in it."""
        for value in self.inference.types(returns, scope):
            if isinstance(value, InstanceValue):
                data = self.data.of(value.cls.qualified)
                if data is not None and (
                    self.in_module or any(_may_carry(f.annotation) for f in data.fields)
                ):
                    return True
        return False

    def _carries(self, value: Value, state: State) -> bool:
        for alternative in value:
            if isinstance(alternative, LambdaFunction | Partial) or (
                isinstance(alternative, Function) and (alternative.captured or alternative.receiver)
            ):
                return True
            if isinstance(alternative, Ref):
                for loc in reachable((alternative,), self.objects(state)):
                    found = self.object(Ref(loc), state)
                    if found.kind == "dict" and (
                        not self._tracing or any(e.origin for e in found.entries.values())
                    ):
                        return True
        return False

    def _apply_lambda(self, callee: LambdaFunction, args: Arguments, state: State, frame: Frame) -> Value:
        made = self._lambdas[callee.number]
        if len(frame.trail) > _MAX_DEPTH or not self.spend():
            return NOT_TOLD
        bound = bind(made.node.params, args)
        names = {**made.names, **{p.name: NOT_TOLD for p in made.node.params}, **bound.names}
        inner = State(names, state.heap)
        value = self.evaluate(made.node.body, inner, Frame(made.scope, frame.trail))
        state.heap = inner.heap
        return value

    def _callbacks(self, args: Arguments, call: ir.Call, state: State, frame: Frame) -> None:
        """Functions handed to something that is not followed are taken to be called, with what cannot be told."""
        values = [*args.positional, *(e.value for e in args.keywords.values())]
        for value in values:
            for given in value:
                if isinstance(given, LambdaFunction) or (isinstance(given, Function) and given.captured):
                    try:
                        self.apply(
                            given, Arguments([], {}, True, "a call from elsewhere"), call, state, frame
                        )
                    except PathEndsError:
                        continue


def _is_short(scope: Scope) -> bool:
    named = sum(
        isinstance(s, ir.Assign) and all(isinstance(t, ir.Name) for t in s.targets) for s in scope.body
    )
    return len(scope.body) - named <= _SHORT


def _may_carry(annotation: ir.Expr) -> bool:
    """Whether an annotation, as written, admits a dictionary."""
    if isinstance(annotation, ir.Str):
        return any(word in annotation.value for word in _CARRIERS)
    if isinstance(annotation, ir.BinOp):
        return _may_carry(annotation.left) or _may_carry(annotation.right)
    if isinstance(annotation, ir.Subscript):
        head = (ir.dotted(annotation.value) or "").rpartition(".")[2]
        return head in _CARRIERS or any(map(_may_carry, annotation.index))
    return (ir.dotted(annotation) or "").rpartition(".")[2] in _CARRIERS


def literal_of(value: Value) -> Any:
    """The constant *value* is; Ellipsis when it is none, or more than one."""
    if len(value) == 1 and isinstance(value[0], Literal):
        return value[0].value
    return ...
