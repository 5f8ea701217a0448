"""Follows code without running it: bodies, with what is known of every value. What it cannot follow is Unknown, never a guess.

What differs between those who ask – how many paths are kept apart, which functions are entered, how far it goes – is a ``Policy``;
an ``Observer`` sees every call with its arguments.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.attributes import of_annotation
from archwright.project.execution.bodies import BodyFacts, body_facts
from archwright.project.execution.calls import call_any
from archwright.project.execution.closures import Closures
from archwright.project.execution.data_classes import DataClasses
from archwright.project.execution.expressions import evaluate
from archwright.project.execution.frame import Frame, Key, PathEndsError, root_frame
from archwright.project.execution.heap import FURTHER, Entry, Heap, Object, reachable
from archwright.project.execution.inferred import Inferred
from archwright.project.execution.members import Members
from archwright.project.execution.names import Names
from archwright.project.execution.policy import Observer, Policy
from archwright.project.execution.state import State
from archwright.project.execution.statements import execute
from archwright.project.execution.values import NONE, Class, Ref, Unknown, Value
from archwright.project.storage.models import Models
from archwright.project.types.inference import Inference

_NOBODY = Observer()


class Machine:
    """One reader of code. What module bodies leave behind is kept between runs."""

    def __init__(
        self,
        inference: Inference,
        policy: Policy,
        *,
        tracked: Callable[[str], bool] | None = None,
        models: Models | None = None,
        kept_as: str | None = None,
    ) -> None:
        """*tracked*: classes of other packages whose instances are told apart by where they are made; *models*: mapped classes.

        *kept_as*: the name under which what is found can be carried over to changed code; only one for all has it.
        """
        reads = inference.project.reads
        self.inference = inference
        self.kept_as = kept_as
        self.policy = policy
        self.observer = _NOBODY
        self.tracked: Callable[[str], bool] = tracked or (lambda name: False)
        self.models = models
        self.data = DataClasses(inference, kept_as)
        self.members = Members(inference, self.data)
        self.closures = Closures({} if kept_as is None else reads.store(f"{kept_as}: closures"))
        self.names = Names(self)
        self.inferred = Inferred(self)
        self.base: dict[int, Object] = {} if kept_as is None else reads.store(f"{kept_as}: objects")
        """Objects that module bodies left behind."""
        self.seen: set[str] = set()
        """Origins of entries somebody has looked at, in this run."""
        self.absent: list[tuple[int, str, bool]] = []
        """Keys that were looked up, in this run, in objects that surely or possibly have none of that name."""
        self.exhausted = False
        self.unregistered: tuple[Key, ...] = ()
        """Functions in which more may be registered for every root than could be followed."""
        self.most: int | None = None
        """How many statements a run may follow, where that is less than its policy says."""
        self.spent = 0
        """Statements followed so far, in all runs; not those of modules, which only the first who needs them has followed."""
        self.home = ""
        """The module of the function the run began with."""
        self.in_module = False
        """Whether the body of a module is being followed."""
        self.at: ir.Span = (1, 1, 1, 1)
        """The statement that is being followed."""
        self.alone = True
        """Whether what is being called is all that can be called there."""
        self.guessing = False
        """Whether what is called now is only taken to be called, by something outside."""
        self.loops: list[Value] = []
        """What the loops around the statement go through, as far as it has an order of its own."""
        self.watched: list[tuple[Frame, list[State]]] = []
        """The bodies that are being tried, with the states in which something in them may have been raised."""
        self._bodies: dict[int, tuple[Scope, BodyFacts]] = {}
        self._left = self._guesses_left = 0
        self._numbers: dict[str, int] = {} if kept_as is None else reads.store(f"{kept_as}: numbers")

    # --- running ---

    def run(
        self,
        scope: Scope,
        observer: Observer,
        policy: Policy | None = None,
        *,
        names: Mapping[str, Value] | None = None,
        heap: Mapping[int, Object] | None = None,
    ) -> list[tuple[Value, State]]:
        """Follows the body of *scope*; gives what it returns, path by path.

        *names*: values of parameters; the others are what they are declared to be. *heap*: the objects those lead to.
        """
        outer = self.observer, self.policy, self._left, self._guesses_left, self.home
        self.observer, self.policy = observer, policy or self.policy
        self._left, self._guesses_left = self._budget, self.policy.guess_budget
        self.home, self.exhausted = scope.module, False
        try:
            state = State({}, dict(heap or {}))
            given = names or {}
            for param in scope.params:
                state.names[param.name] = given.get(param.name) or self.parameter(param, scope, state)
            frame = root_frame(scope)
            observer.entered(frame, state)
            return self.body(scope, frame, state)
        finally:
            self.observer, self.policy, self._left, self._guesses_left, self.home = outer

    def call(
        self, function: Value, args: Arguments, root: Scope, observer: Observer, heap: dict[int, Object]
    ) -> Value:
        """What a call at the top of a module gives; *heap* is changed as the call changes it."""
        outer = self.observer, self._left, self._guesses_left
        self.observer, self._left = observer, self._budget
        self._guesses_left = self.policy.guess_budget
        state = State({}, heap)
        try:
            node = ir.Call(ir.Name(root.qualname), (), self.at)
            return call_any(self, function, args, node, state, root_frame(root))
        except PathEndsError:
            return ()
        finally:
            heap.update(state.heap)
            self.observer, self._left, self._guesses_left = outer

    def run_module(self, root: Scope) -> list[State]:
        """Follows the body of a module, unobserved and with a budget of its own; the states it ends in."""
        outer = self.observer, self._left, self._guesses_left, self.exhausted, self.in_module
        self.observer, self._left, self.in_module = _NOBODY, self.policy.budget, True
        self._guesses_left = self.policy.guess_budget
        place, loops, guessing = self.at, self.loops, self.guessing
        self.loops, self.guessing = [], False
        spent = self.spent
        try:
            return [state for _, state in self.body(root, root_frame(root), State())]
        finally:
            self.observer, self._left, self._guesses_left, self.exhausted, self.in_module = outer
            self.at, self.loops, self.guessing, self.spent = place, loops, guessing, spent

    def parameter(self, param: ir.Param, scope: Scope, state: State) -> Value:
        """What a parameter holds when nothing is known of the callers."""
        owner = scope.owner
        if owner is not None and scope.params[0] is param and param.kind in ("arg", "posonly"):
            if scope.decorated("classmethod"):
                return (Class(owner.module, owner.qualname),)
            if not scope.decorated("staticmethod"):
                return (self.opened(Class(owner.module, owner.qualname), state.heap),)
        if param.kind == "kwarg":
            return (self.new(Object("dict", {}, f"`**{param.name}`", param.name), state),)
        if param.kind == "vararg":
            rest: Value = (Unknown(f"`*{param.name}`", param.name),)
            return (self.new(Object("tuple", {}, FURTHER, param.name, rest=rest), state),)
        return of_annotation(
            self, param.annotation, scope, f"parameter `{param.name}`", state.heap, param.name
        )

    def body(self, scope: Scope, frame: Frame, state: State) -> list[tuple[Value, State]]:
        """Follows a body; the values it returns with the states they leave."""
        returned: list[tuple[Value, State]] = []
        for kind, after, value in execute(self, scope.body, [state], frame):
            if kind in ("next", "return"):
                returned.append((value if kind == "return" else NONE, after))
        return returned

    def spend(self, *, guessed: bool) -> bool:
        """Counts a statement; False when the run has had enough, be it of what is only *guessed* to run."""
        self._left -= 1
        self.spent += 1
        if guessed:
            self._guesses_left -= 1
        if self._left < 0 or (guessed and self._guesses_left < 0):
            self.exhausted = True
            return False
        return True

    @property
    def _budget(self) -> int:
        return self.policy.budget if self.most is None else min(self.policy.budget, self.most)

    @property
    def may_guess(self) -> bool:
        """Whether the run may follow what is only taken to be called; once it may not, it is known to be incomplete."""
        self.exhausted = self.exhausted or self._guesses_left <= 0
        return self._guesses_left > 0

    @property
    def is_spent(self) -> bool:
        """Whether the run has had enough; it is then known to be incomplete."""
        self.exhausted = self.exhausted or self._left <= 0
        return self._left <= 0

    def body_facts(self, scope: Scope) -> BodyFacts:
        """What is known of a body without following it; found once."""
        known = self._bodies.get(id(scope))
        if known is None:
            known = self._bodies[id(scope)] = (
                scope,
                body_facts(scope),
            )  # keeping the scope keeps its identity taken
        return known[1]

    # --- objects ---

    def new(self, made: Object, state: State) -> Ref:
        """Puts an object on the heap."""
        return self.put(made, state.heap)

    def put(self, made: Object, heap: dict[int, Object]) -> Ref:
        """Puts an object into *heap*."""
        number = self._numbers["last"] = self._numbers.get("last", 0) + 1
        heap[number] = made
        return Ref(number)

    def opened(self, cls: Class, heap: dict[int, Object], *, sent: bool = False) -> Ref:
        """An instance of *cls*, or of a subclass, of which nothing else is known."""
        made = Object("instance", {}, "its other attributes", "", cls.qualified, sent=sent)
        return self.put(made, heap)

    def object(self, ref: Ref, state: State) -> Object:
        """The object behind a reference."""
        found = state.heap.get(ref.loc) or self.base.get(ref.loc)
        return found if found is not None else Object("dict", {}, "an object that is not known")

    def objects(self, state: State) -> Heap:
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
        if not any(isinstance(one, Ref) for one in value):
            return
        for loc in reachable(value, self.objects(state)):
            for entry in self.object(Ref(loc), state).entries.values():
                self.look(entry)

    def evaluate(self, expr: ir.Expr | None, state: State, frame: Frame) -> Value:
        """The value of *expr*."""
        return evaluate(self, expr, state, frame)
