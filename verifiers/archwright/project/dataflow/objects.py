"""Objects and containers: how they are made, read and changed, and what names of module level stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from archwright.facts import ir
from archwright.project.code import Scope, enclosing_class
from archwright.project.dataflow.classes import ClassFacts
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.state import State, elements, join_stores
from archwright.project.dataflow.trace import Chain
from archwright.project.dataflow.values import (
    Args,
    Atom,
    Bound,
    Cell,
    Column,
    Const,
    Known,
    Made,
    Method,
    Object,
    Partial,
    Ref,
    Sequence,
    Table,
    Unknown,
    Values,
    const,
    union,
)
from archwright.project.values import (
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
)

if TYPE_CHECKING:
    from archwright.project.dataflow.machine import Machine


class Items(NamedTuple):
    """What going through a value gives."""

    items: tuple[Values, ...]
    """The elements known one by one, in their order."""
    further: Values = ()
    """What further elements may be."""
    maybe: frozenset[int] = frozenset()
    """Which of ``items`` may be missing."""
    order_of: tuple[Atom, ...] = ()
    """What is not of this code base and gives the elements their order."""

    @property
    def known(self) -> tuple[Values, ...] | None:
        """Each element in its place; None where that is not known."""
        return None if self.further or self.maybe else self.items

    @property
    def element(self) -> Values:
        """What any element may be."""
        return union(*self.items, self.further)


class Objects:
    """Reads and changes cells."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.facts = ClassFacts(machine.inference)
        self._reads = machine.inference.project.reads
        self._globals: dict[tuple[str, str], Values] = self._reads.table(None)
        self._opened: dict[tuple[int, str], Values] = self._reads.table(None)

    # --- making ---

    def open(self, cls: ClassValue, store: dict[int, Cell], source: str = "") -> Ref:
        """An instance of *cls*, or of a subclass, of which nothing else is known."""
        return self._machine.new_cell(Object(cls, {}, False, source), store)

    def table(self, entries: Mapping[Const, Values], rest: Values, store: dict[int, Cell]) -> Ref:
        """A new dictionary."""
        return self._machine.new_cell(Table(entries, rest), store)

    def sequence(
        self, kind: str, items: tuple[Values, ...] | None, element: Values, store: dict[int, Cell]
    ) -> Ref:
        """A new list, tuple, set or iterator."""
        further = () if items is not None else element or (Unknown("an element"),)
        return self._machine.new_cell(Sequence(kind, items or (), further), store)

    # --- names of module level ---

    def global_value(self, name: str, scope: Scope) -> Values:
        """What *name* is where *scope* does not bind it itself."""
        current: Scope | None = scope
        while current is not None and current.kind != "module":
            bound = current.names.bound.get(name)
            if bound is not None and (current.kind == "function" or current is scope):
                return self._bound_in(name, current)
            current = current.parent
        found = self._machine.inference.project.names.resolve_in(scope.module, name)
        if found is None:
            return (Known(ExternalValue(f"builtins.{name}")),)
        if found.kind != "symbol" or not self._machine.inference.project.has(found.module):
            return self._machine.typed(
                self._machine.inference.resolved(found, 24), self._machine.lasting, Unknown(f"`{name}`")
            )
        head, _, rest = found.symbol.partition(".")
        values = self._module_level(found.module, head)
        root = self._machine.inference.index(found.module).root
        frame = Frame(root, State({}, self._machine.lasting), Chain((found.module, "")))
        for attribute in rest.split(".") if rest else ():
            values = union(*(self.attribute(atom, attribute, frame) for atom in values))
        return values

    def _bound_in(self, name: str, scope: Scope) -> Values:
        """A name a function binds in a way that is not followed: an import, mostly."""
        key = (id(scope), name)
        known = self._opened.get(key)
        if known is None:
            known = self._reads.made(self._opened, key, lambda: self._opened_as(name, scope))
        return known

    def _opened_as(self, name: str, scope: Scope) -> Values:
        values = self._machine.inference.name(name, scope)
        return self._machine.typed(values, self._machine.lasting, Unknown(f"`{name}`"))

    def _module_level(self, module: str, name: str) -> Values:
        key = (module, name)
        known = self._globals.get(key)
        if known is not None:
            return known
        self._globals[key] = (Unknown(f"`{name}`"),)  # a name defined by itself
        return self._reads.made(self._globals, key, lambda: self._defined_as(module, name))

    def _defined_as(self, module: str, name: str) -> Values:
        index = self._machine.inference.index(module)
        found: Values = ()
        for how in index.root.names.bound.get(name, ()):
            if how.kind == "assign" and how.value is not None:
                frame = Frame(index.root, State({}, dict(self._machine.lasting)), Chain((module, "")))
                found = union(found, self._machine.expressions.evaluate(how.value, frame))
                join_stores(self._machine.lasting, frame.store)
            else:
                inferred = self._machine.inference.bound(how, name, index.root, 24)
                found = union(
                    found, self._machine.typed(inferred, self._machine.lasting, Unknown(f"`{name}`"))
                )
        return found or (Unknown(f"`{name}`"),)

    # --- attributes ---

    def attribute(self, atom: Atom, name: str, frame: Frame) -> Values:
        """What attribute *name* of *atom* is."""
        if isinstance(atom, Ref):
            cell = self._machine.cell(atom, frame)
            if isinstance(cell, Object):
                return self._field(atom, cell, name, frame)
            return (Method(atom, name),)
        if isinstance(atom, Known):
            return self._of_known(atom, name, frame)
        if isinstance(atom, Partial):
            return (Unknown(f".{name}"),)
        if isinstance(atom, Unknown):
            return (Made(f"?.{name}", (atom,), called=False, module=frame.scope.module, at=frame.at),)
        if isinstance(atom, Made):
            return (Made(f"{atom.name}.{name}", (atom,), None, False, frame.scope.module, frame.at),)
        return (Method(atom, name),)

    def _field(self, ref: Ref, cell: Object, name: str, frame: Frame) -> Values:
        known = cell.fields.get(name)
        if known is not None:
            return known
        if name == "__class__":
            return (Known(cell.cls),)
        if name == "__dict__":
            return (self.as_table(ref, frame),)
        inference = self._machine.inference
        if cell.source == "request":
            asked = self._machine.request_field(cell.cls, name)
            if asked is not None and name in self.facts.fields(cell.cls.qualified):
                self._write(ref, cell, name, asked, frame)
                return asked
        if cell.exact:
            found = self._exact_member(ref, cell, name, frame)
            if found is not None:
                return found
        instance = InstanceValue(cell.cls.module, cell.cls.qualname)
        prop = inference.property_of(instance, name)
        if prop is not None:
            target = FunctionValue(prop.module, prop.qualname, True)
            return self._machine.calls.follow(target, Args(((ref,),)), frame, frame.at)
        values: Values = ()
        declared = self.facts.fields(cell.cls.qualified).get(name)
        for value in sorted(inference.member(instance, name), key=repr):
            if isinstance(value, FunctionValue):
                values = union(values, (Bound(value, ref),) if value.bound else (Known(value),))
            elif isinstance(value, ExternalValue):
                # A method inherited from another package: what it is called on matters.
                values = union(values, (Made(value.name, (ref,), None, False, frame.scope.module, frame.at),))
            elif isinstance(value, InstanceValue | ClassValue):
                values = union(
                    values, self._machine.typed(frozenset({value}), frame.store, Unknown(f".{name}"))
                )
            elif isinstance(value, ExternalInstance) and not _is_plain(value.name):
                made = Made(value.name, (ref,), None, False, frame.scope.module, frame.at, name)
                values = union(values, (made,))
        if not values:
            owner = self._machine.models.of(cell.cls.qualified)
            label = f"{cell.cls.qualified}.{name}"
            values = (Made(label, (ref,), None, False, frame.scope.module, frame.at),)
            if owner is None and declared is None and not self.facts.is_known(cell.cls.qualified, name):
                values = (Unknown(f"`.{name}` of a `{cell.cls.qualname}`"),)
        if cell.source and declared is not None:
            self._come_from(values, cell.source, frame)
        if declared is not None or any(isinstance(value, Ref) for value in values):
            # An object is asked twice for the same field and gives the same.
            self._write(ref, cell, name, values, frame)
        return values

    def _come_from(self, values: Values, source: str, frame: Frame) -> None:
        """What is inside something a client sends was sent by the client, too."""
        for atom in values:
            if isinstance(atom, Ref):
                cell = frame.store.get(atom.cell)
                if isinstance(cell, Object) and not (cell.exact or cell.fields or cell.source):
                    frame.store[atom.cell] = Object(cell.cls, {}, False, source)

    def _exact_member(self, ref: Ref, cell: Object, name: str, frame: Frame) -> Values | None:
        member = self.facts.member(cell.cls.qualified, name)
        if member is None:
            return None
        if isinstance(member, Scope):
            target = FunctionValue(member.module, member.qualname, True, cell.cls.qualified)
            if self.facts.is_property(member):
                return self._machine.calls.follow(target, Args(((ref,),)), frame, frame.at)
            if member.decorated("staticmethod"):
                return (Known(FunctionValue(member.module, member.qualname)),)
            receiver: Atom = Known(cell.cls) if member.decorated("classmethod") else ref
            return (Bound(target, receiver),)
        expr, where = member
        return self._in_class(expr, where, frame)

    def _in_class(self, expr: ir.Expr, where: Scope, frame: Frame) -> Values:
        inner = Frame(where, State({}, frame.store), frame.chain, at=frame.at)
        return self._machine.expressions.evaluate(expr, inner)

    def _of_known(self, atom: Known, name: str, frame: Frame) -> Values:
        value = atom.value
        if isinstance(value, ModuleValue):
            resolved = self._machine.inference.project.names.resolve(f"{value.name}.{name}")
            if resolved.kind == "symbol" and self._machine.inference.project.has(resolved.module):
                root = self._machine.inference.index(resolved.module).root
                return self.global_value(resolved.symbol, root)
            return self._machine.typed(
                self._machine.inference.resolved(resolved, 24), self._machine.lasting, Unknown(f".{name}")
            )
        if isinstance(value, ClassValue):
            return self._of_class(value, name, frame)
        if isinstance(value, ExternalValue):
            return (Known(ExternalValue(f"{value.name}.{name}")),)
        if isinstance(value, ExternalInstance):
            return (Made(f"{value.name}.{name}", (atom,), None, False, frame.scope.module, frame.at),)
        return (Unknown(f".{name}"),)

    def _of_class(self, cls: ClassValue, name: str, frame: Frame) -> Values:
        model = self._machine.models.of(cls.qualified)
        if model is not None and name in model.attributes:
            return (Column(model.table.name, model.attributes[name]),)
        member = self.facts.member(cls.qualified, name)
        if isinstance(member, Scope):
            if member.decorated("classmethod"):
                return (
                    Bound(FunctionValue(member.module, member.qualname, True, cls.qualified), Known(cls)),
                )
            return (Known(FunctionValue(member.module, member.qualname, False, cls.qualified)),)
        if member is not None:
            return self._in_class(member[0], member[1], frame)
        return (Made(f"{cls.qualified}.{name}", (Known(cls),), None, False, frame.scope.module, frame.at),)

    def inherited(self, name: str, frame: Frame) -> Values:
        """What ``super().name`` is in a method that is being followed."""
        owner = enclosing_class(frame.scope)
        first = frame.scope.params[0].name if frame.scope.params else ""
        receiver = frame.state.names.get(first, (Unknown("self"),))
        if owner is None:
            return (Unknown(f"super().{name}"),)
        for base in self._machine.inference.classes.lineage(owner.qualified)[1:]:
            if not self._machine.inference.classes.known(base):
                return (Made(f"{base}.{name}", receiver, None, False, frame.scope.module, frame.at),)
            member = self.facts.own(base, name)
            if isinstance(member, Scope):
                target = FunctionValue(member.module, member.qualname, True, owner.qualified)
                return tuple(Bound(target, atom) for atom in receiver)
        return (Known(ExternalValue(f"builtins.object.{name}")),)

    def set_field(self, atom: Atom, name: str, value: Values, frame: Frame, *, surely: bool) -> None:
        """``atom.name = value``."""
        if isinstance(atom, Ref):
            cell = self._machine.cell(atom, frame)
            if isinstance(cell, Object):
                self._write(
                    atom, cell, name, value if surely else union(cell.fields.get(name, ()), value), frame
                )

    def _write(self, ref: Ref, cell: Object, name: str, value: Values, frame: Frame) -> None:
        frame.store[ref.cell] = Object(cell.cls, {**cell.fields, name: value}, cell.exact, cell.source)

    # --- items ---

    def item(self, atom: Atom, key: Values, frame: Frame) -> Values:
        """``atom[key]``."""
        cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
        if isinstance(cell, Table):
            return self.looked_up(cell, key) or (Unknown("a missing key"),)
        if isinstance(cell, Sequence):
            if (
                len(key) == 1
                and isinstance(key[0], Const)
                and isinstance(key[0].value, int)
                and not cell.maybe
            ):
                position = key[0].value
                lowest = 0 if cell.element else -len(cell.items)
                if lowest <= position < len(cell.items):
                    return cell.items[position]
            if len(key) == 1 and isinstance(key[0], Made) and key[0].name == "builtins.slice":
                part = Sequence(cell.kind, (), elements(cell), frozenset(), cell.order_of)
                return (self._machine.new_cell(part, frame.store),)
            return elements(cell) or (Unknown("an element of an empty list"),)
        if isinstance(cell, Object):
            found: Values = ()
            for method in self.attribute(atom, "__getitem__", frame):
                found = union(found, self._machine.calls.call((method,), (key,), frame, frame.at))
            return found
        if isinstance(atom, Known) and isinstance(atom.value, ClassValue):
            return (atom,)  # ``Envelope[T]`` is the class itself
        if isinstance(atom, Known) and isinstance(atom.value, ExternalValue):
            return (atom,)
        name = atom.name if isinstance(atom, Made) else "?"
        given = Args((key,))
        return (Made(f"{name}.__getitem__", (atom,), given, True, frame.scope.module, frame.at),)

    def looked_up(self, table: Table, key: Values) -> Values:
        """What is under *key*; empty when nothing is."""
        found: Values = ()
        for atom in key:
            if isinstance(atom, Const):
                found = union(found, table.entries.get(atom, table.rest))
            else:
                found = union(found, *table.entries.values(), table.rest)
        return found

    def set_item(self, atom: Atom, key: Values, value: Values, frame: Frame, *, surely: bool) -> None:
        """``atom[key] = value``."""
        cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
        if not isinstance(atom, Ref) or cell is None:
            return
        if isinstance(cell, Table):
            frame.store[atom.cell] = _with_entry(cell, key, value, surely=surely)
        elif isinstance(cell, Sequence):
            frame.store[atom.cell] = Sequence(
                cell.kind, (), union(elements(cell), value), frozenset(), cell.order_of
            )
        else:
            for method in self.attribute(atom, "__setitem__", frame):
                self._machine.calls.call((method,), (key, value), frame, frame.at)

    def update(self, ref: Ref, more: Values, frame: Frame) -> None:
        """``table.update(more)``."""
        cell = self._machine.cell(ref, frame)
        if not isinstance(cell, Table):
            return
        keywords, rest = self.spread(more, frame)
        maybe = self._maybe(more, frame)
        for name, value in keywords.items():
            cell = _with_entry(cell, const(name), value, surely=Const("str", name) not in maybe)
        if rest:
            entries = {key: union(value, rest) for key, value in cell.entries.items()}
            cell = Table(entries, union(cell.rest, rest), cell.maybe)
        frame.store[ref.cell] = cell

    def _maybe(self, values: Values, frame: Frame) -> frozenset[Const]:
        found: set[Const] = set()
        for atom in values:
            cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
            if isinstance(cell, Table):
                found |= cell.maybe
                if len(values) > 1:
                    found.update(cell.entries)
        return frozenset(found)

    def spread(self, values: Values, frame: Frame) -> tuple[dict[str, Values], Values]:
        """``**values``: the entries known by name, and what there may be besides."""
        known: dict[str, Values] = {}
        rest: Values = ()
        for atom in values:
            cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
            if isinstance(cell, Table):
                for key, value in cell.entries.items():
                    if isinstance(key.value, str):
                        known[key.value] = union(known.get(key.value, ()), value)
                rest = union(rest, cell.rest)
            elif isinstance(cell, Object):
                fields, further = (
                    self.spread((self.as_table(atom, frame),), frame) if isinstance(atom, Ref) else ({}, ())
                )
                for name, value in fields.items():
                    known[name] = union(known.get(name, ()), value)
                rest = union(rest, further)
            elif not (isinstance(atom, Const) and atom.value is None):
                rest = union(rest, (Made("builtins.dict.values", (atom,), None, False),))
        return known, rest

    def as_table(self, ref: Ref, frame: Frame) -> Ref:
        """The fields of an object as a dictionary."""
        cell = self._machine.cell(ref, frame)
        if not isinstance(cell, Object):
            return ref
        declared = self.facts.fields(cell.cls.qualified)
        names = dict.fromkeys(declared or cell.fields)
        entries = {Const("str", name): self.attribute(ref, name, frame) for name in names}
        rest: Values = () if declared or cell.exact else (Unknown("a field"),)
        return self.table(entries, rest, frame.store)

    def iterated(self, values: Values, frame: Frame) -> Items:
        """What going through *values* gives."""
        if len(values) == 1:
            return self._iterated(values[0], frame)
        parts = [self._iterated(atom, frame) for atom in values]
        return Items(
            (), union(*(part.element for part in parts)), frozenset(), union(*(p.order_of for p in parts))
        )

    def _iterated(self, atom: Atom, frame: Frame) -> Items:
        cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
        if isinstance(cell, Sequence):
            return Items(cell.items, cell.element, cell.maybe, cell.order_of)
        if isinstance(cell, Table):
            keys = tuple((key,) for key in cell.entries)
            maybe = frozenset(i for i, key in enumerate(cell.entries) if key in cell.maybe)
            return Items(keys, (Unknown("a key"),) if cell.rest else (), maybe)
        if isinstance(cell, Object):
            found: Values = ()
            for name in ("__iter__", "__aiter__"):
                if self.facts.member(cell.cls.qualified, name) is not None:
                    for method in self.attribute(atom, name, frame):
                        given = self._machine.calls.call((method,), (), frame, frame.at)
                        if given != (atom,):
                            found = union(found, self.iterated(given, frame).element)
            return Items((), found or (Unknown("an element"),))
        name = atom.name if isinstance(atom, Made) else "?"
        if isinstance(atom, Const) and isinstance(atom.value, str):
            return Items((), (Unknown("a character"),))
        element: Values = (Made(f"{name}.__iter__", (atom,), None, True, frame.scope.module, frame.at),)
        return Items((), element, frozenset(), (atom,))

    # --- operators and protocols ---

    def merged(self, left: Values, right: Values, frame: Frame) -> Values | None:
        """``left | right`` for dictionaries; None for anything else."""
        cells = [self._machine.cell(a, frame) if isinstance(a, Ref) else None for a in (*left, *right)]
        if not any(isinstance(cell, Table) for cell in cells):
            return None
        ref = self.table({}, (), frame.store)
        self.update(ref, left, frame)
        self.update(ref, right, frame)
        return (ref,)

    def chained(self, left: Values, right: Values, frame: Frame) -> Values | None:
        """``left + right`` for lists; None for anything else."""
        cells = [self._machine.cell(a, frame) if isinstance(a, Ref) else None for a in (*left, *right)]
        lists = [cell for cell in cells if isinstance(cell, Sequence)]
        if not lists:
            return None
        cell = Sequence(lists[0].kind)
        for part in (self.iterated(left, frame), self.iterated(right, frame)):
            cell = extended(cell, part)
        return (self._machine.new_cell(cell, frame.store),)

    def entered(self, values: Values, frame: Frame) -> Values:
        """What ``with values as name`` binds."""
        found: Values = ()
        for atom in values:
            cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
            if isinstance(cell, Sequence) and cell.kind == "generator":
                found = union(found, elements(cell))
            elif isinstance(cell, Object):
                given: Values = ()
                for name in ("__enter__", "__aenter__"):
                    if self.facts.member(cell.cls.qualified, name) is not None:
                        for method in self.attribute(atom, name, frame):
                            given = union(given, self._machine.calls.call((method,), (), frame, frame.at))
                found = union(found, given or (atom,))
            else:
                found = union(found, (atom,))
        return found


def extended(cell: Sequence, more: Items) -> Sequence:
    """A sequence with further elements at its end."""
    shifted = {len(cell.items) + position for position in more.maybe}
    items = (*cell.items, *more.items)
    order = union(cell.order_of, more.order_of)
    return Sequence(cell.kind, items, union(cell.element, more.further), cell.maybe | shifted, order)


def _with_entry(table: Table, key: Values, value: Values, *, surely: bool) -> Table:
    if len(key) == 1 and isinstance(key[0], Const):
        name = key[0]
        if surely:
            return Table({**table.entries, name: value}, table.rest, table.maybe - {name})
        old = table.entries.get(name, table.rest)
        maybe = table.maybe if name in table.entries else table.maybe | {name}
        return Table({**table.entries, name: union(old, value)}, table.rest, maybe)
    entries = {name: union(old, value) for name, old in table.entries.items()}
    return Table(entries, union(table.rest, value), table.maybe)


def _is_plain(name: str) -> bool:
    """Whether an external type is a value without methods of interest, better known by where it comes from."""
    return name.startswith(("builtins.", "datetime.", "decimal.", "uuid.", "typing.", "enum."))
