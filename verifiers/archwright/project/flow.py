"""Does everything that must have happened before a step have happened, on every path?

The state of a path is a set of bits: one for each event that must have completed, one for each condition that matters. The
search runs over pairs of graph node and state, so it is exact about branches, loops, early returns, exceptions and ``finally``,
and every answer *no* comes with a path. Calls of helpers are entered through summaries; what a function cannot show by itself is
demanded of its callers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.cfg import Edge, Graph, Node
from archwright.project.cfg_builder import GraphBuilder
from archwright.project.code import Scope
from archwright.project.completion import Completions
from archwright.project.demands import Demand, Event, Way
from archwright.project.formulas import FALSE, Formula, atoms, compiled
from archwright.project.render import render
from archwright.project.terms import SELF, Terms, bind_arguments, free_names
from archwright.project.translation import rebinds, to_callee
from archwright.project.values import FunctionValue

if TYPE_CHECKING:
    from archwright.project.flow_engine import FlowEngine

_MAX_ATOMS = 10
"""Conditions tracked at once; the states of a path are the subsets of them."""
_LEAST_ATOMS = 4
_MAX_PAIRS = 1 << 19
"""Pairs of node and state one search may come to; in very long functions fewer conditions are tracked."""
MAX_DEPTH = 5
"""How many helpers deep effects are followed."""


@dataclass
class Flow:
    """One function under one list of events; *optimistic*: whatever may be an event is taken for one."""

    scope: Scope
    events: tuple[Event, ...]
    engine: FlowEngine
    optimistic: bool = False
    depth: int = 0
    terms: Terms = field(init=False)
    completions: Completions = field(init=False)
    tracked: dict[str, int] = field(default_factory=dict)
    """Atom key -> bit."""
    _formulas: dict[int, Formula] = field(default_factory=dict)
    _touched: dict[Node, list[str]] = field(default_factory=dict)
    """By assignment: the atoms it may change."""
    _assigned: dict[Node, str] = field(default_factory=dict)
    """By assignment: what its one target is called in atoms."""
    _effects: dict[Node, _Effect] = field(default_factory=dict)
    """By call or await."""
    _truths: dict[int, Callable[[int], bool | None]] = field(default_factory=dict)
    """By formula: what a state says about it. Formulas live as long as the question they are about."""

    def __post_init__(self) -> None:
        inference = self.engine.inference
        self.terms = Terms(self.scope, inference)
        self.completions = Completions(self.scope, self.events, inference, optimistic=self.optimistic)

    @property
    def builder(self) -> GraphBuilder:
        """The builder of the graph; it can route further exceptions."""
        return self.engine.builder(self.scope)

    @property
    def graph(self) -> Graph:
        """The function's control flow."""
        return self.builder.graph

    # --- questions ---

    def unmet(self, target: Node, demand: Demand) -> Way | None:
        """A path to *target* on which *demand* is not met; None when every path meets it."""
        formulas = self._prepare(demand)
        return self._search(self._entry_states(formulas), target, formulas, demand)

    def unmet_after(self, start: Node, demand: Demand) -> Way | None:
        """A path from *start* to a normal return on which *demand* is not met at the end; None when there is none."""
        formulas = self._prepare(demand)
        for node, state, back in self._walk(self._entry_states(formulas), start):
            if node is self.graph.exit:
                for bits in self._project_state(state, formulas):
                    if bits not in demand.holds:
                        return Way(self._steps(back, (node, state)))
        return None

    def stops(self, node: Node, demand: Demand) -> bool:
        """Whether *node* is where paths end on which *demand* is unmet, and only those: a guard, or a call of one."""
        formulas = self._prepare(demand)
        stopped = False
        for at, state in self._reach(self._entry_states(formulas)):
            if at is not node:
                continue
            unmet = any(b not in demand.holds for b in self._project_state(state, formulas))
            continues = any(
                edge.label != "error" and any(True for _ in self._after(node, edge, state))
                for edge in node.out
            )
            if unmet and continues:
                return False
            if node.kind == "raise" and not unmet:
                return False
            stopped = stopped or unmet
        return stopped

    def demanded_of_callers(self, target: Node, demand: Demand) -> Demand:
        """What must hold at the function's entry so that *demand* is met at *target*."""
        formulas = self._prepare(demand)
        carried = [key for key in self.tracked if self._known_at_entry(key)]
        others = [key for key in self.tracked if key not in carried]
        entries = {
            bits: self._completions(self._unpack(bits, carried), others)
            for bits in range(1 << (len(self.events) + len(carried)))
        }
        bad = self._leading_to_unmet(
            {s for states in entries.values() for s in states}, target, formulas, demand
        )
        good = {bits for bits, states in entries.items() if bad.isdisjoint(states)}
        kept, good = _without_idle(len(self.events), carried, good)
        return Demand(tuple(self.terms.atoms[key] for key in kept), frozenset(good))

    def _leading_to_unmet(
        self, entries: set[int], target: Node, formulas: list[Formula | None], demand: Demand
    ) -> set[int]:
        """Those of *entries* from which *target* can be reached with *demand* unmet."""
        before: dict[tuple[Node, int], list[tuple[Node, int]]] = {}
        unmet: list[tuple[Node, int]] = []
        for node, state, _ in self._walk(entries, before=before):
            if node is target and any(b not in demand.holds for b in self._project_state(state, formulas)):
                unmet.append((node, state))
        marked = set(unmet)
        while unmet:
            for earlier in before.get(unmet.pop(), ()):
                if earlier not in marked:
                    marked.add(earlier)
                    unmet.append(earlier)
        return {state for node, state in marked if node is self.graph.entry and state in entries}

    def exits(self, conditions: tuple[ir.Expr | None, ...]) -> dict[int, frozenset[int]]:
        """For every state at entry the states possible on normal return, over events and *conditions* (in own terms)."""
        formulas = self._prepare(Demand(conditions, frozenset()))
        alike: dict[int, list[int]] = {}
        for entry in self._entry_states(formulas, all_events=True):
            for bits in self._project_state(entry, formulas):
                alike.setdefault(bits, []).append(entry)
        every = {entry for entries in alike.values() for entry in entries}
        outcomes = self._outcomes(every, formulas)
        return {
            bits: frozenset().union(*(outcomes.get(entry, frozenset()) for entry in entries))
            for bits, entries in alike.items()
        }

    def _outcomes(self, entries: set[int], formulas: list[Formula | None]) -> dict[int, frozenset[int]]:
        """For every state at entry what is possible on normal return."""
        before: dict[tuple[Node, int], list[tuple[Node, int]]] = {}
        reached: dict[tuple[Node, int], int] = {}
        """By pair of node and state: which outcomes can still come, a bit each."""
        for node, state, _ in self._walk(entries, before=before):
            if node is self.graph.exit:
                reached[node, state] = sum(1 << bits for bits in self._project_state(state, formulas))
        pending = deque(reached)
        while pending:
            at = pending.popleft()
            for earlier in before.get(at, ()):
                known = reached.get(earlier, 0)
                if known | reached[at] != known:
                    reached[earlier] = known | reached[at]
                    pending.append(earlier)
        entry = self.graph.entry
        return {state: frozenset(_bits_of(reached.get((entry, state), 0))) for state in entries}

    def reachable(self, start: Node) -> set[Node]:
        """Nodes control can come to from *start*."""
        seen = {start}
        pending = [start]
        while pending:
            for edge in pending.pop().out:
                if edge.to not in seen:
                    seen.add(edge.to)
                    pending.append(edge.to)
        return seen

    def calls(self, call: ir.Call) -> list[Node]:
        """The steps that make *call*; ``finally`` blocks have several for one place in the source, dead code none."""
        return self.nodes_of(lambda node: node.kind == "call" and node.expr is call)

    def nodes_of(self, wanted: Callable[[Node], bool]) -> list[Node]:
        """The steps *wanted* holds for."""
        return [node for node in self.graph.nodes if wanted(node)]

    # --- search ---

    def _search(
        self, entries: Iterable[int], target: Node, formulas: list[Formula | None], demand: Demand
    ) -> Way | None:
        for node, state, back in self._walk(entries):
            if node is target:
                for bits in self._project_state(state, formulas):
                    if bits not in demand.holds:
                        return Way(self._steps(back, (node, state)))
        return None

    def _reach(self, entries: Iterable[int]) -> Iterator[tuple[Node, int]]:
        for node, state, _ in self._walk(entries):
            yield node, state

    def _walk(
        self,
        entries: Iterable[int],
        begin: Node | None = None,
        *,
        before: dict[tuple[Node, int], list[tuple[Node, int]]] | None = None,
    ) -> Iterator[tuple[Node, int, Mapping[tuple[Node, int], tuple[Node, int, Edge] | None]]]:
        """All pairs of node and state that can be reached, breadth first, with the way back.

        *before* collects all ways back, not only the shortest.
        """
        start = begin or self.graph.entry
        back: dict[tuple[Node, int], tuple[Node, int, Edge] | None] = {(start, e): None for e in entries}
        queue = deque(back)
        while queue:
            node, state = queue.popleft()
            yield node, state, back
            steps = 0
            for edge in node.out:
                for after in self._after(node, edge, state):
                    steps += 1
                    reached = (edge.to, after)
                    if before is not None:
                        before.setdefault(reached, []).append((node, state))
                    if reached not in back:
                        back[reached] = (node, state, edge)
                        queue.append(reached)
            self.engine.spend(steps)

    def _steps(
        self, back: Mapping[tuple[Node, int], tuple[Node, int, Edge] | None], end: tuple[Node, int]
    ) -> tuple[tuple[str, ir.Span], ...]:
        steps: list[tuple[str, ir.Span]] = []
        at: tuple[Node, int] | None = end
        while at is not None:
            origin = back[at]
            if origin is None:
                break
            node, state, edge = origin
            if node.kind == "test":
                holds = "true" if edge.label == "true" else "false"
                steps.append((f"`{render(node.expr)}` is {holds}", node.at))
            elif edge.label == "error" and node.kind in ("call", "await", "raise", "enter"):
                what = "raise" if node.kind == "raise" else render(node.expr)
                steps.append((f"`{what}` raises", node.at))
            elif node.kind == "handler":
                steps.append(("the exception is caught here", node.at))
            elif node.kind == "leave" and node.expr is None and edge.to.kind == "join":
                steps.append(("the `with` swallows the exception", node.at))
            elif node.kind == "call" and not node.awaited and self.completions.is_unawaited(node):
                steps.append((f"`{render(node.expr)}` is not awaited here", node.at))
            at = (node, state)
        steps.reverse()
        return tuple(steps)

    # --- transfer ---

    def _after(self, node: Node, edge: Edge, state: int) -> Iterable[int]:
        if edge.label == "error":
            return (state,)
        if node.kind == "test":
            return self._assume(node, edge.label == "true", state)
        if node.kind in ("assign", "handler"):
            return self._assign(node, state)
        if node.kind in ("call", "await"):
            return self._complete(node, state)
        return (state,)

    def _truth(self, formula: Formula, state: int) -> bool | None:
        """What *state* says about *formula*."""
        say = self._truths.get(id(formula))
        if say is None:
            say = self._truths[id(formula)] = compiled(formula, self.tracked)
        return say(state)

    def _assume(self, node: Node, polarity: bool, state: int) -> Iterable[int]:
        if node.expr is None:
            return (state,)
        formula = self._formula_of(node)
        states = self._asked_anew(formula, state)
        return [s for s in states if self._truth(formula, s) in (None, polarity)]

    def _asked_anew(self, formula: Formula, state: int) -> list[int]:
        """A call in a condition may answer differently each time it is made; what it said before is forgotten."""
        if not self._calling:
            return [state]
        calls = [key for key in dict.fromkeys(atoms(formula)) if key in self._calling]
        return self._scatter(state, calls, {})

    @cached_property
    def _calling(self) -> frozenset[str]:
        """The tracked atoms that make a call."""
        return frozenset(
            key
            for key in self.tracked
            if any(isinstance(node, ir.Call) for node in walk(self.terms.atoms[key]))
        )

    def _formula_of(self, node: Node) -> Formula:
        if node.expr is None:
            return FALSE
        found = self._formulas.get(id(node.expr))
        if found is None:
            found = self._formulas[id(node.expr)] = self.terms.formula(node.expr)
        return found

    def _assign(self, node: Node, state: int) -> Iterable[int]:
        touched = self._touched.get(node)
        if touched is None:
            paths = {p for t in node.targets for p in _target_paths(t, self.terms)}
            touched = [key for key in self.tracked if _depends(self.terms.atoms[key], paths)]
            self._touched[node] = touched
        if not touched:
            return (state,)
        value = node.expr
        if value is None or len(node.targets) != 1 or isinstance(node.targets[0], ir.Seq):
            return self._scatter(state, touched, {})
        return [
            after
            for begin in self._asked_anew(self._formula_of(node), state)
            for after in self._scatter(begin, touched, self._assigned_truths(node, value, touched, begin))
        ]

    def _assigned_truths(self, node: Node, value: ir.Expr, touched: list[str], state: int) -> dict[str, bool]:
        """What is known of atoms about the one target of *node* once *value* is assigned to it."""
        known: dict[str, bool] = {}
        own = self._assigned.get(node)
        if own is None:
            own = self._assigned[node] = render(self.terms.canonical(node.targets[0]))
        truth_now = self._truth(self._formula_of(node), state)
        is_none = isinstance(value, ir.Const) and value.text == "None"
        certain = is_none or isinstance(
            value, ir.Const | ir.Str | ir.Num | ir.Seq | ir.Dict | ir.Comp | ir.FString
        )
        for key in touched:
            if key == own and truth_now is not None:
                known[key] = truth_now
            elif key == f"{own} is None" and certain:
                known[key] = is_none
            elif key == f"{own} is None" and truth_now is True:
                known[key] = False
        return known

    def _scatter(self, state: int, keys: list[str], known: Mapping[str, bool]) -> list[int]:
        states = [state]
        for key in keys:
            mask = 1 << self.tracked[key]
            if key in known:
                states = [s | mask if known[key] else s & ~mask for s in states]
            else:
                states = [s for old in states for s in (old | mask, old & ~mask)]
        return [s for s in states if self._consistent(s)]

    def _consistent(self, state: int) -> bool:
        """``x is None`` and ``x`` cannot both be true."""
        for none, true in self._exclusions:  # noqa: SIM110 - the innermost loop of the search
            if state & none and state & true:
                return False
        return True

    @cached_property
    def _exclusions(self) -> list[tuple[int, int]]:
        return [
            (1 << bit, 1 << self.tracked[key.removesuffix(" is None")])
            for key, bit in self.tracked.items()
            if key.endswith(" is None") and key.removesuffix(" is None") in self.tracked
        ]

    # --- events and helpers ---

    def _complete(self, node: Node, state: int) -> Iterable[int]:
        effect = self._effects.get(node)
        if effect is None:
            effect = self._effects[node] = self._effect(node)
        states = {state | effect.bits}
        if effect.touched:
            states = {after for s in states for after in self._scatter(s, effect.touched, {})}
        for passages in effect.helpers:
            states = {after for s in states for after in self._through(passages, s)}
        return states

    def _effect(self, node: Node) -> _Effect:
        """What the step does to any state; found once, a step is passed in many."""
        receiver = _changed_receiver(node, self.terms)
        touched = (
            [] if receiver is None else [k for k in self.tracked if _mutated(self.terms.atoms[k], receiver)]
        )
        written = _set_attribute(node, self.terms)
        if written is not None:
            touched += [k for k in self.tracked if _depends(self.terms.atoms[k], {written})]
        helpers = [self._passages(call, functions) for call, functions in self._helpers(node)]
        return _Effect(self.completions.bits(node), touched, [h for h in helpers if h is not None])

    def _helpers(self, node: Node) -> Iterator[tuple[ir.Call, tuple[FunctionValue, ...]]]:
        """Calls over at *node* of functions of this code base, each with all it may be; none where one is unknown."""
        if self.depth >= MAX_DEPTH:
            return
        for call, awaited in self.completions.finished(node):
            values = self.engine.inference.callees(call, self.scope)
            functions = tuple(v for v in values if isinstance(v, FunctionValue))
            if not functions or len(functions) != len(values):
                continue
            if all(self.engine.enters(v, awaited) for v in functions) and any(
                self.engine.relevant(v, self.events, self._attribute_names) for v in functions
            ):
                yield call, tuple(sorted(functions, key=lambda v: (v.module, v.qualname)))

    @cached_property
    def _attribute_names(self) -> frozenset[str]:
        """Words that occur in the tracked atoms."""
        return frozenset(
            node.name if isinstance(node, ir.Attr) else node.id
            for key in self.tracked
            for node in _nodes(self.terms.atoms[key])
            if isinstance(node, ir.Attr | ir.Name)
        )

    def _passages(self, call: ir.Call, functions: tuple[FunctionValue, ...]) -> list[_Passage] | None:
        """The ways through the functions *call* may enter; None where one has no summary (a recursion)."""
        found: list[_Passage] = []
        for value in functions:
            inner = self.engine.inference.scope(value)
            if inner is None:
                return None
            translated = tuple(
                to_callee(self.terms.atoms[key], call, inner, value, self.terms) for key in self.tracked
            )
            table = self.engine.summary(inner, translated, self.events, self.optimistic, self.depth + 1)
            if table is None:
                return None
            carried = [
                self.tracked[key]
                for key, expr in zip(self.tracked, translated, strict=True)
                if expr is not None
            ]
            found.append(_Passage(table, carried, self._lost(call, inner, value)))
        return found

    def _lost(self, call: ir.Call, inner: Scope, value: FunctionValue) -> list[str]:
        """Tracked atoms on the parts of an object whose parameter *inner* rebinds: it may change them before it does."""
        roots = {
            path
            for name, argument in bind_arguments(call, inner, value).items()
            if argument is not None
            and rebinds(inner, name)
            and (path := self.terms.path(argument)) is not None
        }
        return [
            key
            for key in self.tracked
            if _depends(self.terms.atoms[key], roots) and ir.dotted(self.terms.atoms[key]) not in roots
        ]

    def _through(self, passages: list[_Passage], state: int) -> Iterable[int]:
        count = len(self.events)
        done = (1 << count) - 1
        results: set[int] = set()
        for passage in passages:
            begin = state & done
            for position, bit in enumerate(passage.carried):
                begin |= (state >> bit & 1) << (count + position)
            for end in passage.table.get(begin, frozenset()):
                after = state | (end & done)
                for position, bit in enumerate(passage.carried):
                    after = after | 1 << bit if end >> (count + position) & 1 else after & ~(1 << bit)
                results.update(self._scatter(after, passage.lost, {}) if passage.lost else (after,))
        return results

    # --- states ---

    def _prepare(self, demand: Demand) -> list[Formula | None]:
        """Chooses the atoms to track: those of the demand first, then those its tests are tied to."""
        formulas = [None if c is None else self.terms.formula(c) for c in demand.conditions]
        wanted: list[str] = []
        for formula in formulas:
            if formula is not None:
                wanted += [key for key in atoms(formula) if key not in wanted]
        tests = [node for node in self.graph.nodes if node.kind == "test" and node.expr is not None]
        for node in tests:
            wanted += [key for key in atoms(self._formula_of(node)) if key not in wanted]
        for node in self.graph.nodes:
            if node.kind == "assign" and len(node.targets) == 1 and node.expr is not None:
                own = render(self.terms.canonical(node.targets[0]))
                if own in wanted:
                    extra = self.terms.formula(node.expr)
                    wanted += [key for key in atoms(extra) if key not in wanted]
        room = max(_LEAST_ATOMS, (_MAX_PAIRS // max(len(self.graph.nodes), 1)).bit_length() - 1)
        kept = list(dict.fromkeys(wanted))[: min(_MAX_ATOMS, room)]
        self.tracked = {key: len(self.events) + index for index, key in enumerate(kept)}
        for cached in ("_exclusions", "_attribute_names", "_calling"):
            self.__dict__.pop(cached, None)
        self._touched.clear()
        self._effects.clear()
        self._truths.clear()
        return formulas

    def _entry_states(self, formulas: list[Formula | None], *, all_events: bool = False) -> Iterator[int]:
        count = len(self.events)
        for bits in range(1 << len(self.tracked)):
            state = bits << count
            if self._consistent(state):
                yield state
                if all_events:
                    for done in range(1, 1 << count):
                        yield state | done

    def _known_at_entry(self, key: str) -> bool:
        """Whether an atom reads only parameters, the receiver and names from outside: a caller can know it."""
        names = free_names(self.terms.atoms[key])
        bound = self.scope.names.bound
        return all(
            name == SELF or name not in bound or all(how.kind == "param" for how in bound[name])
            for name in names
        )

    def _unpack(self, bits: int, carried: list[str]) -> int:
        count = len(self.events)
        state = bits & ((1 << count) - 1)
        for position, key in enumerate(carried):
            if bits >> (count + position) & 1:
                state |= 1 << self.tracked[key]
        return state

    def _completions(self, state: int, keys: list[str]) -> list[int]:
        return self._scatter(state, keys, {})

    def _project_state(self, state: int, formulas: list[Formula | None]) -> list[int]:
        """The bits of a demand in *state*; several where a condition is open."""
        count = len(self.events)
        found = [state & ((1 << count) - 1)]
        for position, formula in enumerate(formulas):
            mask = 1 << (count + position)
            value = None if formula is None else self._truth(formula, state)
            if value is None:
                found = [b for bits in found for b in (bits, bits | mask)]
            elif value:
                found = [bits | mask for bits in found]
        return found


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a call step does: events it completes, atoms its receiver's change leaves open, helpers it enters."""

    bits: int
    touched: list[str]
    helpers: list[list[_Passage]]


@dataclass(frozen=True, slots=True)
class _Passage:
    """A way through a helper: its summary, where the atoms it can see have their bits, which it may change unseen."""

    table: dict[int, frozenset[int]]
    carried: list[int]
    lost: list[str]


def _without_idle(events: int, conditions: list[str], holds: set[int]) -> tuple[list[str], set[int]]:
    """The truth table without the conditions that make no difference in it: callers need not be asked about them."""
    kept = list(conditions)
    for position in range(len(conditions) - 1, -1, -1):
        bit = events + position
        if all(bits ^ 1 << bit in holds for bits in holds):
            del kept[position]
            low = (1 << bit) - 1
            holds = {bits & low | bits >> 1 & ~low for bits in holds}
    return kept, holds


def _bits_of(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _target_paths(target: ir.Expr, terms: Terms) -> Iterator[str]:
    if isinstance(target, ir.Seq):
        for item in target.items:
            yield from _target_paths(item, terms)
    elif isinstance(target, ir.Star | ir.Subscript):
        yield from _target_paths(target.value, terms)
    else:
        path = ir.dotted(target) if isinstance(target, ir.Name) else terms.path(target)
        if path is not None:
            yield path


def _depends(atom: ir.Expr, paths: set[str]) -> bool:
    """Whether the truth of *atom* can change when one of *paths* is assigned."""
    for node in _nodes(atom):
        path = ir.dotted(node)
        if path is not None and any(path == p or path.startswith(f"{p}.") for p in paths):
            return True
    return False


def _set_attribute(node: Node, terms: Terms) -> str | None:
    """The path that ``setattr(x, "name", value)`` writes; of an unknown name, all of x."""
    call = node.expr
    if node.kind != "call" or not isinstance(call, ir.Call) or len(call.args) < 2:
        return None
    if ir.dotted(call.func) not in ("setattr", "object.__setattr__"):
        return None
    path, name = terms.path(call.args[0].value), call.args[1].value
    return f"{path}.{name.value}" if path is not None and isinstance(name, ir.Str) else path


def _changed_receiver(node: Node, terms: Terms) -> str | None:
    """The path whose method the node calls: ``report.artifact_paths.clear()`` may change ``report.artifact_paths``."""
    call = node.expr
    if node.kind == "call" and isinstance(call, ir.Call) and isinstance(call.func, ir.Attr):
        return terms.path(call.func.value)
    return None


def _mutated(atom: ir.Expr, receiver: str) -> bool:
    """Whether a method call on *receiver* may change *atom*: only where the atom is about that very object's content."""
    return any(
        ir.dotted(node) == receiver for node in _nodes(atom) if isinstance(node, ir.Attr | ir.Name)
    ) and (receiver != SELF and _is_whole(atom, receiver))


def _is_whole(atom: ir.Expr, receiver: str) -> bool:
    return ir.dotted(atom) == receiver or not isinstance(atom, ir.Attr | ir.Name)


def _nodes(expr: ir.Expr) -> Iterator[ir.Expr]:
    yield from walk(expr)
