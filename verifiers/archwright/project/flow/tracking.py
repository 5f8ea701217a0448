"""Which conditions a question follows through a function, and what each step does to the sets of states over them.

The bits of a state are the events that have completed, then the conditions, called atoms, that matter, then – where a question asks
how a function was entered – what the question's own conditions were on entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.control_flow.cfg import ANSWER, Edge, Node
from archwright.project.flow.body import Body
from archwright.project.flow.demands import Demand
from archwright.project.flow.formulas import Atom, Fixed, Formula, Not, Or, atoms
from archwright.project.flow.helpers import passages
from archwright.project.flow.operations import Drop, Either, Free, InTurn, Keep, Operation, Put
from archwright.project.flow.state_sets import Space, space_of
from archwright.project.flow.touching import changed_receiver, depends, mutated, set_attribute
from archwright.project.substitution import SELF, free_names

_MAX_ATOMS = 10
"""Conditions followed at once."""
_NOTHING = InTurn(())


class Tracking:
    """The atoms followed for *conditions*; states remember what the first *remembered* of these were on entry."""

    def __init__(self, body: Body, conditions: tuple[ir.Expr | None, ...], *, remembered: int = 0) -> None:
        self.body = body
        self.events = len(body.events)
        self.formulas = [None if c is None else body.terms.formula(c) for c in conditions]
        self.bits = {key: self.events + n for n, key in enumerate(_chosen(body, self.formulas))}
        """By atom."""
        first = self.events + len(self.bits)
        self.kept = tuple(range(first, first + remembered))
        """The bits of what the conditions were on entry."""
        self.space: Space = space_of(first + len(self.kept))
        self._operations: dict[tuple[Node, str], Operation] = {}

    # --- states ---

    @cached_property
    def consistent(self) -> int:
        """All states but those in which something is both None and true."""
        found = self.space.every
        for key, bit in self.bits.items():
            true = self.bits.get(key.removesuffix(" is None")) if key.endswith(" is None") else None
            if true is not None:
                found &= ~(self.space.where[bit] & self.space.where[true])
        return found

    @cached_property
    def at_entry(self) -> int:
        """The states a function may be entered in; nothing has happened yet."""
        found = self.consistent & self.space.like(range(self.events), 0)
        for bit, (may_fail, may_hold) in zip(self.kept, self.choices(self.formulas), strict=False):
            have = self.space.where[bit]
            found &= (have & may_hold) | (may_fail & ~have)
        return found

    def truths(self, formula: Formula) -> tuple[int, int]:
        """The states in which *formula* surely holds, and those in which it surely does not."""
        if isinstance(formula, Fixed):
            return (self.space.every, 0) if formula.value else (0, self.space.every)
        if isinstance(formula, Atom):
            bit = self.bits.get(formula.key)
            if bit is None:
                return 0, 0
            have = self.space.where[bit]
            return have, self.space.every ^ have
        if isinstance(formula, Not):
            true, false = self.truths(formula.operand)
            return false, true
        (first, not_first), (second, not_second) = self.truths(formula.left), self.truths(formula.right)
        if isinstance(formula, Or):
            return first | second, not_first & not_second
        return first & second, not_first | not_second

    def choices(self, formulas: list[Formula | None]) -> list[tuple[int, int]]:
        """For each of *formulas* the states in which it may not hold, and those in which it may."""
        every, found = self.space.every, []
        for formula in formulas:
            true, false = (0, 0) if formula is None else self.truths(formula)
            found.append((every ^ true, every ^ false))
        return found

    @cached_property
    def pattern(self) -> list[tuple[int, int]]:
        """Of the bits of a demand's table: the states in which each may be clear, and may be set."""
        return [*map(self.space.choice, range(self.events)), *self.choices(self.formulas)]

    def unmet(self, demand: Demand) -> int:
        """The states in which *demand* may not be met; its conditions are the first of those followed."""
        size = self.events + len(demand.conditions)
        bad = frozenset(range(1 << size)) - demand.holds
        return self.space.selected(self.pattern[:size], bad)

    def without_events(self, states: int) -> int:
        """*states*, as if nothing had happened."""
        for bit in range(self.events):
            states = self.space.drop(states, bit)
        return states

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The atoms that a caller can know: they read parameters, the receiver and what lives outside."""
        bound, found = self.body.scope.names.bound, []
        for key in self.bits:
            names = free_names(self.body.terms.atoms[key])
            if ANSWER not in names and all(
                name == SELF or name not in bound or all(how.kind == "param" for how in bound[name])
                for name in names
            ):
                found.append(key)
        return tuple(found)

    # --- steps ---

    def operation(self, node: Node, edge: Edge) -> Operation:
        """What happens when control leaves *node* by *edge*."""
        if edge.label == "error":
            return _NOTHING
        return self.step(node, edge.label if node.kind == "test" else "")

    def step(self, node: Node, answer: str = "") -> Operation:
        """What *node* does; *answer*: a test is ``true`` or ``false``."""
        found = self._operations.get((node, answer))
        if found is None:
            found = self._operations[node, answer] = self._step(node, answer)
        return found

    def effect(self, node: Node, only: ir.Call | None = None) -> Operation:
        """What the calls over at *node* do, or *only* that one."""
        done = self.body.completions.bits(node) if only is None else self.body.completions.bits_of(node, only)
        parts: list[Operation] = [Put(self.space, bit) for bit in range(self.events) if done >> bit & 1]
        parts += [Free(self.space, self.bits[key]) for key in self._changed(node)]
        answer = self.body.answer(node) if self._calling else ""
        told = False
        for call, functions in self.body.helpers(node, self.words, only):
            asked = answer if call is node.expr and answer in self.bits else ""
            ways = passages(self, call, functions, asked)
            if ways is not None:
                parts.append(Either(ways))
                told = told or bool(asked)
        if answer in self.bits and not told:
            parts.append(Free(self.space, self.bits[answer]))
        return self._consistently(parts)

    def _step(self, node: Node, answer: str) -> Operation:
        if node.kind == "test":
            return self._test(node, answer)
        if node.kind in ("assign", "handler"):
            return self._assign(node)
        if node.kind in ("call", "await", "drained"):
            return self.effect(node)
        if node.kind == "leave":
            return InTurn((self.effect(node), self._managed(node)))
        return self._managed(node)

    def _managed(self, node: Node) -> Operation:
        """What a context manager of this code base does on the way in and out."""
        parts: list[Operation] = []
        for call, functions, part in self.body.managers(node, self.words):
            ways = passages(self, call, functions, part=part)
            if ways is not None:
                parts.append(Either(ways))
        return self._consistently(parts)

    def _test(self, node: Node, answer: str) -> Operation:
        if node.expr is None:
            return _NOTHING
        formula = self.body.formula(node)
        true, false = self.truths(formula)
        refused = false if answer == "true" else true
        return self._consistently([*self._asked_anew(node, formula), Keep(self.space.every ^ refused)])

    def _asked_anew(self, node: Node, formula: Formula) -> Iterator[Operation]:
        """A call in a condition may answer differently each time it is made; what it said before is forgotten."""
        said = self._said(node.expr) if self._calling else frozenset()
        for key in dict.fromkeys(atoms(formula)):
            if key in self._calling and key not in said:
                yield Free(self.space, self.bits[key])

    def _said(self, expr: ir.Expr | None) -> frozenset[str]:
        """The answers of calls that are steps of their own and stand in *expr*: those steps say what became of them."""
        return frozenset(answer for node in walk(expr) for answer in self._answers.get(id(node), ()))

    def _assign(self, node: Node) -> Operation:
        terms = self.body.terms
        paths = self.body.written(node)
        touched = [key for key in self.bits if depends(key, paths, terms)]
        if not touched:
            return _NOTHING
        free: list[Operation] = [Free(self.space, self.bits[key]) for key in touched]
        own = self.body.target(node)
        if node.expr is None or own is None:
            return self._consistently(free)
        formula = self.body.formula(node)
        true, false = self.truths(formula)
        parts = [
            InTurn((Keep(states), *(self._becomes(key, own, node.expr, holds) for key in touched)))
            for holds, states in ((True, true), (False, false), (None, self.space.every ^ (true | false)))
            if states
        ]
        return self._consistently([*self._asked_anew(node, formula), Either(tuple(parts))])

    def _becomes(self, key: str, own: str, value: ir.Expr, holds: bool | None) -> Operation:
        """What the atom *key* is once *value*, which *holds* or not, has been given to *own*."""
        bit = self.bits[key]
        known: bool | None = None
        if key == own:
            known = holds
        elif key == f"{own} is None":
            if isinstance(value, _CERTAIN):
                known = isinstance(value, ir.Const) and value.text == "None"
            elif holds:
                known = False
        if known is None:
            return Free(self.space, bit)
        return Put(self.space, bit) if known else Drop(self.space, bit)

    def _changed(self, node: Node) -> Iterator[str]:
        """The atoms that the call at *node* may change: it is made on what they are about, or sets an attribute of it."""
        if not self.bits:
            return
        terms = self.body.terms
        receiver, written = changed_receiver(node, terms), set_attribute(node, terms)
        for key in self.bits:
            if (receiver is not None and mutated(key, receiver, terms)) or (
                written is not None and depends(key, {written}, terms)
            ):
                yield key

    def _consistently(self, parts: list[Operation]) -> Operation:
        if not parts:
            return _NOTHING
        if self.consistent != self.space.every:
            parts = [*parts, Keep(self.consistent)]
        return parts[0] if len(parts) == 1 else InTurn(tuple(parts))

    # --- atoms ---

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that occur in the atoms; where one is asked for that a helper may answer, that helper is looked into."""
        return frozenset(word for key in self.bits for word in words_of(self.body.terms.atoms[key]))

    @cached_property
    def _calling(self) -> frozenset[str]:
        """The atoms that make a call."""
        atom = self.body.terms.atoms
        return frozenset(
            key for key in self.bits if any(isinstance(node, ir.Call) for node in walk(atom[key]))
        )

    @cached_property
    def _answers(self) -> dict[int, tuple[str, ...]]:
        """By call that is a step of its own: the atom that its answer is."""
        found: dict[int, tuple[str, ...]] = {}
        for node in self.body.graph.nodes:
            answer = self.body.answer(node)
            if answer in self._calling:
                found[id(node.expr)] = (answer,)
        return found


def words_of(atom: ir.Expr) -> Iterator[str]:
    """The words an atom is written with."""
    for node in walk(atom):
        if isinstance(node, ir.Attr):
            yield node.name
        elif isinstance(node, ir.Name):
            yield node.id.rpartition(".")[2]


_CERTAIN = (ir.Const, ir.Str, ir.Num, ir.Seq, ir.Dict, ir.Comp, ir.FString)
"""What is None or not by the looks of it."""


def _chosen(body: Body, formulas: list[Formula | None]) -> list[str]:
    """The atoms to follow: those of the question first, then those tests ask about, then what these are assigned."""
    wanted: dict[str, None] = {}
    for formula in formulas:
        if formula is not None:
            wanted.update(dict.fromkeys(atoms(formula)))
    wanted.update(dict.fromkeys(body.asked))
    for target, node in body.assigned:
        if target in wanted:
            wanted.update(dict.fromkeys(atoms(body.formula(node))))
    return list(wanted)[:_MAX_ATOMS]
