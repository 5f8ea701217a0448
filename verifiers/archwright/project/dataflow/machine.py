"""Follows code from a root function, call by call, with what is known of every value.

Branches are both taken unless their condition is known; loops are taken once and once more; a call of this code base is followed
with the arguments it is given, so that a dictionary key, a table of methods or a registry leads where it leads when the code runs.
What cannot be known stays ``Unknown``. Everything seen on the way goes into a ``Trace``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archwright.project.code import Scope
from archwright.project.dataflow.calls import Calls
from archwright.project.dataflow.expressions import Expressions
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.library import Library
from archwright.project.dataflow.objects import Objects
from archwright.project.dataflow.state import State, join_stores
from archwright.project.dataflow.statements import Statements
from archwright.project.dataflow.trace import Chain, Trace
from archwright.project.dataflow.values import Args, Cell, Known, Ref, Unknown, Values, union
from archwright.project.inference import Inference
from archwright.project.storage.models import Models
from archwright.project.values import ClassValue, FunctionValue, InstanceValue, UnknownValue
from archwright.project.values import Value as InferredValue

Replacement = Callable[[FunctionValue, Args, Frame], Values | None]
"""What calling a function gives where a contract says so; None to follow the function."""
_STEPS = 80_000


class Machine:
    """One reader of code; keeps nothing from one root to the next but what module level has made."""

    def __init__(self, inference: Inference, models: Models, replace: Replacement | None = None) -> None:
        self.inference = inference
        self.models = models
        self.replace: Replacement = replace or _nothing
        self.request_field: Callable[[ClassValue, str], Values | None] = _no_field
        """What a field of something a client sends is, by its class and name; None for nothing in particular."""
        self.objects = Objects(self)
        self.expressions = Expressions(self)
        self.calls = Calls(self)
        self.library = Library(self)
        self.statements = Statements(self)
        self.trace = Trace()
        self.lasting: dict[int, Cell] = {}
        """Cells made at module level, and by what ran before any root."""
        self.singletons: dict[str, Values] = {}
        """Classes of which there is one object, wherever it is injected."""
        self._next = 0
        self._steps = 0

    # --- roots ---

    def start(self) -> dict[int, Cell]:
        """A store to begin with: all that lasts."""
        return dict(self.lasting)

    def run(
        self, scope: Scope, names: Mapping[str, Values], store: dict[int, Cell], *, keep: bool = False
    ) -> Trace:
        """Follows the function *scope* with *names* as its parameters; *keep*: what it leaves behind lasts."""
        self.trace = Trace()
        self._steps = 0
        state = State(dict(names), store)
        chain = Chain((scope.module, scope.qualname))
        frame = Frame(scope, state, chain)
        self.trace.visited[chain.function] = chain
        self.trace.returned = self.statements.body(frame)
        self.trace.store = frame.store
        if keep:
            join_stores(self.lasting, frame.store)
            self.lasting.update(frame.store)
        return self.trace

    def parameters(self, scope: Scope, store: dict[int, Cell]) -> dict[str, Values]:
        """What the parameters of a root are when nobody says, by their annotations; objects are put into *store*."""
        found: dict[str, Values] = {}
        for param in scope.params:
            if param.kind == "vararg":
                found[param.name] = (self.objects.sequence("tuple", None, (Unknown("an argument"),), store),)
            elif param.kind == "kwarg":
                found[param.name] = (self.objects.table({}, (Unknown("an argument"),), store),)
            else:
                found[param.name] = self.typed(
                    self.inference.bound(scope.names.bound[param.name][0], param.name, scope, 24),
                    store,
                    Unknown(f"parameter `{param.name}`", param.name),
                )
        return found

    # --- shared by the parts ---

    def spend(self) -> bool:
        """Counts a step; False when there have been too many."""
        self._steps += 1
        if self._steps > _STEPS:
            self.trace.exhausted = True
        return not self.trace.exhausted

    def new_cell(self, cell: Cell, store: dict[int, Cell]) -> Ref:
        """A new cell in *store*."""
        self._next += 1
        store[self._next] = cell
        return Ref(self._next)

    def cell(self, ref: Ref, frame: Frame) -> Cell | None:
        """What is in a cell now."""
        found = frame.store.get(ref.cell)
        return found if found is not None else self.lasting.get(ref.cell)

    def typed(self, values: frozenset[InferredValue], store: dict[int, Cell], otherwise: Unknown) -> Values:
        """Values as inference knows them; instances of this code base become objects nobody has looked into."""
        found: Values = ()
        for value in sorted(values, key=repr):
            if isinstance(value, UnknownValue):
                found = union(found, (otherwise,))
            elif isinstance(value, InstanceValue):
                single = self.singletons.get(value.cls.qualified)
                found = union(found, single or (self.objects.open(value.cls, store),))
            else:
                found = union(found, (Known(value),))
        return found or (otherwise,)


def _nothing(function: FunctionValue, args: Args, frame: Frame) -> Values | None:
    return None


def _no_field(cls: ClassValue, name: str) -> Values | None:
    return None
