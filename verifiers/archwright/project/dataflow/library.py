"""What functions outside the code base do to values, as far as following code needs it.

Everything that is not here gives a ``Made`` with its arguments inside, and calls no function it is given with more than it was
given: so that what is handed to a library is seen, and what comes out is known to depend on what went in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project import effect_catalogue as catalogue
from archwright.project.dataflow.frame import Frame
from archwright.project.dataflow.objects import Items, extended
from archwright.project.dataflow.state import elements
from archwright.project.dataflow.trace import Run
from archwright.project.dataflow.values import (
    NONE,
    Args,
    Atom,
    Bound,
    Closure,
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
    is_none,
    only_text,
    union,
)
from archwright.project.values import ClassValue, ExternalInstance, FunctionValue

if TYPE_CHECKING:
    from archwright.project.dataflow.machine import Machine

Handler = Callable[[Args, Frame, ir.Span], Values]
_SYNC_SESSION = (Known(ExternalInstance("sqlalchemy.orm.Session")),)
_READS = frozenset({"session.get", "session.get_one"})
_QUERY_ENDS = frozenset(
    {"all", "count", "first", "get", "one", "one_or_none", "scalar", "yield_per", "__iter__"}
)
_RUNNING = catalogue.TELLING_STATEMENTS | {"scalar", "fetch", "fetchall", "fetchrow", "fetchval"}
_PASSES_ON = frozenset(
    {
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.shield",
        "asyncio.wait_for",
        "copy.copy",
        "copy.deepcopy",
        "inspect.unwrap",
        "types.MappingProxyType",
        "builtins.iter",
        "builtins.aiter",
        "contextlib.aclosing",
        "contextlib.closing",
    }
)
"""Functions that give their first argument, or something as good as it."""
_VALIDATORS = frozenset({"from_orm", "model_construct", "model_validate", "model_validate_json", "parse_obj"})
_LOOKS_ONLY = (
    "inspect.",
    "typing.",
    "builtins.callable",
    "builtins.hasattr",
    "builtins.id",
    "builtins.repr",
    "logging.",
)
"""Functions that look at what they are given and call none of it."""
_DECLARES = frozenset(
    {
        "attr.ib",
        "attrs.field",
        "dataclasses.field",
        "pydantic.Field",
        "sqlalchemy.Column",
        "sqlalchemy.orm.mapped_column",
        "sqlalchemy.orm.relationship",
        "sqlmodel.Field",
    }
)
"""What declares a field: its default is called for a new object, not by those who read the field."""
_TEXT_METHODS = frozenset(
    {"endswith", "format", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip"}
) | {"startswith", "strip", "upper"}
_LISTS = {
    "builtins.list": "list",
    "builtins.tuple": "tuple",
    "builtins.set": "set",
    "builtins.frozenset": "set",
    "builtins.sorted": "sorted",
    "builtins.reversed": "list",
    "collections.deque": "list",
}


_RUNS_BY_NAME = (
    _QUERY_ENDS | _RUNNING | {member.partition(".")[2] for member in (*catalogue.STATEMENTS, *_READS)}
)


def may_run_statements(name: str) -> bool:
    """Whether calling a method of this name may hand a statement to a database."""
    return name in _RUNS_BY_NAME


class Library:
    """Knows the builtins, a little of the standard library, and how sessions run statements."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._functions: Mapping[str, Handler] = {
            "asyncio.gather": self._gather,
            "builtins.callable": self._callable,
            "builtins.dict": self._dict,
            "builtins.enumerate": self._enumerate,
            "builtins.filter": self._filter,
            "builtins.getattr": self._getattr,
            "builtins.isinstance": self._isinstance,
            "builtins.map": self._map,
            "builtins.next": self._next,
            "builtins.setattr": self._setattr,
            "builtins.str": self._str,
            "builtins.type": self._type,
            "builtins.vars": self._asdict,
            "builtins.zip": self._zip,
            "dataclasses.asdict": self._asdict,
            "dataclasses.replace": self._replace,
            "collections.OrderedDict": self._dict,
            "collections.defaultdict": self._defaultdict,
            "copy.replace": self._replace,
            "attrs.evolve": self._replace,
            "attr.evolve": self._replace,
            "functools.partial": self._partial,
            "itertools.chain": self._chain,
            "itertools.chain.from_iterable": self._chain_from,
            "typing.cast": self._cast,
            "typing_extensions.cast": self._cast,
        }

    # --- entry points ---

    def function(self, name: str, args: Args, frame: Frame, at: ir.Span) -> Values:
        """What calling the external function *name* gives."""
        handler = self._functions.get(name)
        if handler is not None:
            return handler(args, frame, at)
        if name in _LISTS:
            return self._list(_LISTS[name], args, frame)
        if name in _PASSES_ON and args.positional:
            return args.positional[0]
        if name in catalogue.HAND_OFF and args.positional:
            rest = args.after(1)
            return self._machine.calls.call_with(args.positional[0], rest, frame, at)
        if not name.startswith(_LOOKS_ONLY) and name not in _DECLARES:
            self.call_back(args, frame, at)
        made = Made(name, (), args, True, frame.scope.module, at)
        self._note_run(made, frame, at)
        return (made,)

    def made(self, callee: Made, args: Args, frame: Frame, at: ir.Span) -> Values:
        """What calling a member of something external gives."""
        name, last = callee.name, callee.last
        receiver = callee.receiver
        if last == "run_sync" and args.positional:
            given = args.after(1).behind(_SYNC_SESSION)
            return self._machine.calls.call_with(args.positional[0], given, frame, at)
        if last == "run_in_executor" and len(args.positional) > 1:
            return self._machine.calls.call_with(args.positional[1], args.after(2), frame, at)
        if last in ("submit", "create_task", "start_soon") and args.positional:
            if any(self._is_function(atom) for atom in args.positional[0]):
                rest = args.after(1)
                return self._machine.calls.call_with(args.positional[0], rest, frame, at)
            return args.positional[0]
        if len(receiver) == 1:
            special = self._of_class(receiver[0], last, args, frame)
            if special is not None:
                return special
        self.call_back(args, frame, at)
        made = Made(name, receiver, args, True, frame.scope.module, at)
        self._note_run(made, frame, at)
        return (made,)

    def call_back(self, args: Args, frame: Frame, at: ir.Span) -> None:
        """Functions handed to something unknown may be called, with nobody knows what."""
        before, frame.guessing = frame.guessing, True
        for values in args.all():
            for atom in values:
                if isinstance(atom, Closure):
                    given = tuple(
                        (Unknown(f"`{p.name}`"),)
                        for p in atom.params
                        if p.default is None and p.kind in ("posonly", "arg")
                    )
                    self._machine.calls.call((atom,), given, frame, at)
                elif isinstance(atom, Partial) or (
                    isinstance(atom, Bound | Known) and self._is_function(atom)
                ):
                    self._call_open(atom, frame, at)
        frame.guessing = before

    def method(
        self, method: Method, given: tuple[Values, ...], frame: Frame, args: Args | None = None
    ) -> Values:
        """What a method of a container, a constant or the value followed gives."""
        args = args or Args(given)
        ref = method.receiver
        cell = self._machine.cell(ref, frame) if isinstance(ref, Ref) else None
        if isinstance(ref, Ref) and isinstance(cell, Table):
            return self._of_table(ref, cell, method.name, args, frame)
        if isinstance(ref, Ref) and isinstance(cell, Sequence):
            return self._of_sequence(ref, cell, method.name, args, frame)
        if isinstance(ref, Const) and isinstance(ref.value, str):
            folded = self._of_text(ref.value, method.name, args, frame)
            if folded is not None:
                return folded
        self.call_back(args, frame, frame.at)
        owner = "sqlalchemy.Column" if isinstance(ref, Column) else "?"
        return (Made(f"{owner}.{method.name}", (ref,), args, True, frame.scope.module, frame.at),)

    # --- statements ---

    def _note_run(self, made: Made, frame: Frame, at: ir.Span) -> None:
        if made.given is None or not self._runs(made, frame):
            return
        run = Run(made.last, made.given, frame.chain, at, made, dict(frame.store))
        self._machine.trace.runs.append(run)

    def _runs(self, made: Made, frame: Frame) -> bool:
        member = catalogue.member(made.name)
        if member in catalogue.STATEMENTS or member in _READS:
            return True
        parts = made.name.split(".")
        if made.last in _QUERY_ENDS and "query" in parts[:-1]:
            owner = catalogue.member(".".join(parts[: parts.index("query") + 1]))
            return owner == "session.query" or made.name.startswith("?.query.") or self._queries_models(made)
        if not made.name.startswith("?") or made.last not in _RUNNING or made.given is None:
            return False
        first = made.given.get(0, "statement")
        return any(
            isinstance(atom, Made) and atom.name.startswith(("sqlalchemy.", "sqlmodel.")) for atom in first
        ) or (made.last in catalogue.TELLING_STATEMENTS and only_text(first) is not None)

    def _queries_models(self, made: Made) -> bool:
        """Whether something unknown was asked for a query of mapped classes or columns: then it is a session."""
        current: Atom | None = made
        while isinstance(current, Made) and not (current.called and current.last == "query"):
            current = current.receiver[0] if len(current.receiver) == 1 else None
        if not isinstance(current, Made) or current.given is None or not current.name.startswith("?"):
            return False
        return any(
            isinstance(atom, Column)
            or (
                isinstance(atom, Known)
                and isinstance(atom.value, ClassValue)
                and self._machine.models.of(atom.value.qualified) is not None
            )
            for values in current.given.all()
            for atom in values
        )

    # --- classes of models that check what they are given ---

    def _of_class(self, receiver: Atom, name: str, args: Args, frame: Frame) -> Values | None:
        objects = self._machine.objects
        if isinstance(receiver, Ref):
            cell = self._machine.cell(receiver, frame)
            if not isinstance(cell, Object):
                return None
            if name in ("model_dump", "dict", "_asdict"):
                return (self._dumped(receiver, args, frame),)
            if name in ("model_copy", "copy", "_replace"):
                update = args.keywords.get("update", ())
                more, rest = objects.spread(update, frame) if update else (dict(args.keywords), args.rest)
                return self._with_fields(receiver, more, rest, frame)
        cls = receiver.value if isinstance(receiver, Known) else None
        if isinstance(cls, ClassValue) and name in _VALIDATORS:
            return self._validated(cls, args, frame)
        return None

    def _dumped(self, receiver: Ref, args: Args, frame: Frame) -> Ref:
        table_ref = self._machine.objects.as_table(receiver, frame)
        table = self._machine.cell(table_ref, frame)
        if not isinstance(table, Table):
            return table_ref
        entries = dict(table.entries)
        for keyword, keeps in (("exclude", False), ("include", True)):
            if keyword in args.keywords and not all(is_none(a) for a in args.keywords[keyword]):
                named = self._machine.objects.iterated(args.keywords[keyword], frame)
                names = {atom for item in named.known or () for atom in item}
                entries = {k: v for k, v in entries.items() if (k in names) == keeps}
        optional = "exclude_none" in args.keywords or "exclude_unset" in args.keywords
        maybe = frozenset(entries) if optional else table.maybe
        return self._machine.new_cell(Table(entries, table.rest, maybe), frame.store)

    def _validated(self, cls: ClassValue, args: Args, frame: Frame) -> Values:
        objects = self._machine.objects
        source = args.get(0, "obj")
        fields: dict[str, Values] = {}
        declared = objects.facts.fields(cls.qualified)
        known, rest = objects.spread(source, frame) if source else (dict(args.keywords), args.rest)
        for name in declared:
            part = union(known.get(name, ()), rest)
            fields[name] = part or (Made(f"{cls.qualified}.{name}", source, None, False),)
        return (self._machine.new_cell(Object(cls, fields, True), frame.store),)

    def _with_fields(self, ref: Ref, more: Mapping[str, Values], rest: Values, frame: Frame) -> Values:
        cell = self._machine.cell(ref, frame)
        if not isinstance(cell, Object):
            return (ref,)
        fields = {name: union(value, rest) if rest else value for name, value in cell.fields.items()}
        copy = Object(cell.cls, {**fields, **more}, cell.exact, cell.source)
        return (self._machine.new_cell(copy, frame.store),)

    # --- containers ---

    def _of_table(self, ref: Ref, cell: Table, name: str, args: Args, frame: Frame) -> Values:
        objects = self._machine.objects
        key = args.get(0, "key")
        if name in ("get", "pop", "setdefault", "__getitem__"):
            fallback = args.get(1, "default") or (NONE if name != "__getitem__" else ())
            found = objects.looked_up(cell, key)
            exact = key[0] if len(key) == 1 else None
            present = isinstance(exact, Const) and exact in cell.entries and exact not in cell.maybe
            if name == "pop" and isinstance(exact, Const):
                entries = {k: v for k, v in cell.entries.items() if k != exact}
                frame.store[ref.cell] = Table(entries, cell.rest, cell.maybe - {exact})
            if name == "setdefault" and not present:
                objects.set_item(ref, key, union(found, fallback), frame, surely=True)
            return found if present else union(found, fallback)
        if name == "update":
            for value in args.positional:
                objects.update(ref, value, frame)
            if args.keywords or args.rest:
                given = {Const("str", k): v for k, v in args.keywords.items()}
                objects.update(ref, (objects.table(given, args.rest, frame.store),), frame)
            return NONE
        if name in ("items", "keys", "values"):
            return self._views(cell, name, frame)
        if name == "copy":
            return (self._machine.new_cell(cell, frame.store),)
        if name == "clear":
            frame.store[ref.cell] = Table({})
            return NONE
        return (Made(f"builtins.dict.{name}", (ref,), args, True, frame.scope.module, frame.at),)

    def _views(self, cell: Table, name: str, frame: Frame) -> Values:
        objects = self._machine.objects
        rows: list[Values] = []
        for key, value in cell.entries.items():
            pair = (objects.sequence("tuple", ((key,), value), (), frame.store),)
            rows.append(pair if name == "items" else (key,) if name == "keys" else value)
        if cell.rest:
            further: Values = (Unknown("a key"),)
            if name == "values":
                further = cell.rest
            elif name == "items":
                pair_items = ((Unknown("a key"),), cell.rest)
                further = (objects.sequence("tuple", pair_items, (), frame.store),)
            return (self._machine.new_cell(Sequence("list", tuple(rows), further), frame.store),)
        maybe = frozenset(i for i, key in enumerate(cell.entries) if key in cell.maybe)
        return (self._machine.new_cell(Sequence("list", tuple(rows), (), maybe), frame.store),)

    def _of_sequence(self, ref: Ref, cell: Sequence, name: str, args: Args, frame: Frame) -> Values:
        objects = self._machine.objects
        first = args.get(0)
        if name in ("append", "add", "appendleft"):
            frame.store[ref.cell] = extended(
                cell, Items((first,), (), frozenset(), union(*frame.loops) if frame.loops else ())
            )
            return NONE
        if name in ("extend", "update"):
            frame.store[ref.cell] = extended(cell, objects.iterated(first, frame))
            return NONE
        if name == "insert":
            value = args.get(1)
            frame.store[ref.cell] = Sequence(
                cell.kind, (), union(elements(cell), value), frozenset(), cell.order_of
            )
            return NONE
        if name in ("pop", "popleft", "__getitem__"):
            element = elements(cell) or (Unknown("an element"),)
            if name != "__getitem__":
                frame.store[ref.cell] = Sequence(cell.kind, (), element, frozenset(), cell.order_of)
            return element
        if name in ("copy", "union", "__iter__", "__aiter__"):
            return (self._machine.new_cell(cell, frame.store),)
        if name in ("sort", "reverse", "clear", "remove", "discard"):
            order = () if name in ("sort", "clear") else cell.order_of
            frame.store[ref.cell] = Sequence(cell.kind, (), elements(cell), frozenset(), order)
            return NONE
        return (Made(f"builtins.list.{name}", (ref,), args, True, frame.scope.module, frame.at),)

    def _of_text(self, text: str, name: str, args: Args, frame: Frame) -> Values | None:
        """A method of a constant string, where its arguments are constant, too."""
        if args.star or args.rest:
            return None
        if name == "join" and args.positional:
            items = self._machine.objects.iterated(args.positional[0], frame)
            texts = [only_text(item) for item in items.known] if items.known is not None else [None]
            return None if None in texts else const(text.join(part or "" for part in texts))
        given = [only_text(value) for value in args.positional]
        named = {key: only_text(value) for key, value in args.keywords.items()}
        if name not in _TEXT_METHODS or None in given or None in named.values():
            return None
        try:
            return const(getattr(text, name)(*given, **named))
        except (IndexError, KeyError, TypeError, ValueError):
            return None

    # --- functions ---

    def _list(self, kind: str, args: Args, frame: Frame) -> Values:
        source = args.get(0)
        if not source:
            return (self._machine.objects.sequence(kind, (), (), frame.store),)
        if kind == "sorted":
            self.call_back(Args((), args.keywords), frame, frame.at)
        items = self._machine.objects.iterated(source, frame)
        if kind == "set" and items.known is not None:
            return (self._machine.new_cell(Sequence(kind, items.known), frame.store),)
        if kind in ("list", "tuple"):
            cell = Sequence(kind, items.items, items.further, items.maybe, items.order_of)
            return (self._machine.new_cell(cell, frame.store),)
        return (self._machine.new_cell(Sequence(kind, (), items.element), frame.store),)

    def _dict(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        objects = self._machine.objects
        ref = objects.table({}, (), frame.store)
        source = args.get(0)
        pairs = [self._machine.cell(a, frame) if isinstance(a, Ref) else None for a in source]
        if pairs and all(isinstance(pair, Sequence) for pair in pairs):
            for pair in objects.iterated(source, frame).known or (objects.iterated(source, frame).element,):
                parts = objects.iterated(pair, frame)
                if parts.known is not None and len(parts.known) == 2:
                    objects.set_item(ref, parts.known[0], parts.known[1], frame, surely=True)
                else:
                    objects.set_item(ref, (Unknown("a key"),), parts.element, frame, surely=False)
        elif source:
            objects.update(ref, source, frame)
        given = {Const("str", k): v for k, v in args.keywords.items()}
        if given or args.rest:
            objects.update(ref, (objects.table(given, args.rest, frame.store),), frame)
        return (ref,)

    def _defaultdict(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        """A dictionary that makes what is missing: one value stands for all that it makes."""
        made = self._machine.calls.call(args.get(0), (), frame, at) if args.get(0) else ()
        ref = self._machine.objects.table({}, made, frame.store)
        if args.get(1):
            self._machine.objects.update(ref, args.get(1), frame)
        return (ref,)

    def _enumerate(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        objects = self._machine.objects
        items = objects.iterated(args.get(0), frame)
        number: Values = (Unknown("a number"),)
        if items.known is not None:
            known = tuple(
                (objects.sequence("tuple", (const(i), item), (), frame.store),)
                for i, item in enumerate(items.known)
            )
            return (objects.sequence("list", known, (), frame.store),)
        pair = (objects.sequence("tuple", (number, items.element), (), frame.store),)
        return (self._ordered(pair, items.order_of, frame),)

    def _zip(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        objects = self._machine.objects
        sources = [objects.iterated(value, frame) for value in args.positional]
        exact = [source.known for source in sources if source.known is not None]
        if exact and len(exact) == len(sources):
            rows = tuple(
                (objects.sequence("tuple", tuple(row), (), frame.store),) for row in zip(*exact, strict=False)
            )
            return (objects.sequence("list", rows, (), frame.store),)
        pair = (objects.sequence("tuple", tuple(s.element for s in sources), (), frame.store),)
        return (self._ordered(pair, union(*(s.order_of for s in sources)), frame),)

    def _map(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        objects = self._machine.objects
        source = objects.iterated(args.get(1), frame)
        call = self._machine.calls.call
        if source.known is not None:
            known = tuple(call(args.get(0), (item,), frame, at) for item in source.known)
            return (objects.sequence("list", known, (), frame.store),)
        element = call(args.get(0), (source.element,), frame, at)
        return (self._ordered(element, source.order_of, frame),)

    def _filter(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        source = self._machine.objects.iterated(args.get(1), frame)
        if not all(is_none(atom) for atom in args.get(0)):
            self._machine.calls.call(args.get(0), (source.element,), frame, at)
        return (self._ordered(source.element, source.order_of, frame),)

    def _next(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        return union(self._machine.objects.iterated(args.get(0), frame).element, args.get(1))

    def _gather(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        known = None if args.star else args.positional
        element = union(*args.positional, args.star)
        return (self._machine.objects.sequence("list", known, element, frame.store),)

    def _chain(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        parts = [
            self._machine.objects.iterated(value, frame) for value in (*args.positional, args.star) if value
        ]
        element = union(*(part.element for part in parts)) if parts else ()
        exact = [part.known for part in parts if part.known is not None]
        if len(exact) == len(parts):
            known = tuple(item for part in exact for item in part)
            return (self._machine.objects.sequence("list", known, element, frame.store),)
        return (self._ordered(element, union(*(part.order_of for part in parts)), frame),)

    def _chain_from(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        outer = self._machine.objects.iterated(args.get(0), frame)
        return self._chain(Args(outer.known or (outer.element,)), frame, at)

    def _getattr(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        name = only_text(args.get(1))
        if name is None:
            return (Unknown("an attribute chosen at run time"),)
        objects = self._machine.objects
        found = union(*(objects.attribute(atom, name, frame) for atom in args.get(0)))
        return union(found, args.get(2)) if args.get(2) else found

    def _setattr(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        name = only_text(args.get(1))
        for atom in args.get(0):
            if name is not None:
                self._machine.objects.set_field(atom, name, args.get(2), frame, surely=len(args.get(0)) == 1)
        return NONE

    def _isinstance(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        classes = [v for v in args.get(1) if isinstance(v, Known) and isinstance(v.value, ClassValue)]
        if len(classes) == len(args.get(1)) == 1 and isinstance(classes[0].value, ClassValue):
            wanted = classes[0].value.qualified
            answers = {self._is_a(atom, wanted, frame) for atom in args.get(0)}
            if len(answers) == 1 and None not in answers:
                return const(answers.pop())
        return (Made("builtins.isinstance", (), args, True, frame.scope.module, at),)

    def _is_a(self, atom: Atom, wanted: str, frame: Frame) -> bool | None:
        if isinstance(atom, Const):
            return False
        cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
        if isinstance(cell, Object):
            if wanted in self._machine.inference.classes.lineage(cell.cls.qualified):
                return True
            return False if cell.exact else None
        if isinstance(cell, Table | Sequence):
            return False
        return None

    def _callable(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        if args.get(0) and all(
            isinstance(a, Bound | Closure | Partial) or self._is_function(a) for a in args.get(0)
        ):
            return const(True)
        return (Made("builtins.callable", (), args, True, frame.scope.module, at),)

    def _str(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        text = only_text(args.get(0))
        return (
            const(text)
            if text is not None
            else (Made("builtins.str", (), args, True, frame.scope.module, at),)
        )

    def _type(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        found: Values = ()
        for atom in args.get(0):
            cell = self._machine.cell(atom, frame) if isinstance(atom, Ref) else None
            found = union(found, (Known(cell.cls),) if isinstance(cell, Object) else (Unknown("a type"),))
        return found

    def _asdict(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        return tuple(
            self._machine.objects.as_table(atom, frame) if isinstance(atom, Ref) else Unknown("a dictionary")
            for atom in args.get(0)
        )

    def _replace(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        found: Values = ()
        for atom in args.get(0):
            if isinstance(atom, Ref):
                found = union(found, self._with_fields(atom, args.keywords, args.rest, frame))
            else:
                made = Made("dataclasses.replace", (), args, True, frame.scope.module, at)
                found = union(found, (made,))
        return found

    def _partial(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        given = args.after(1)
        return (Partial(args.get(0), given),)

    def _cast(self, args: Args, frame: Frame, at: ir.Span) -> Values:
        return args.get(1)

    # --- helpers ---

    def _ordered(self, element: Values, order: Values, frame: Frame) -> Ref:
        """A list of unknown length in the order of something."""
        return self._machine.new_cell(Sequence("list", (), element, frozenset(), order), frame.store)

    def _call_open(self, atom: Atom, frame: Frame, at: ir.Span) -> None:
        """A function that may be called with anything: followed with parameters of which nothing is known."""
        value = atom.function if isinstance(atom, Bound) else atom.value if isinstance(atom, Known) else None
        if isinstance(atom, Partial):
            self._machine.calls.call_with(
                atom.function,
                Args(
                    atom.given.positional,
                    atom.given.keywords,
                    (Unknown("an argument"),),
                    (Unknown("an argument"),),
                ),
                frame,
                at,
            )
        elif isinstance(value, FunctionValue):
            given = Args((), {}, (Unknown("an argument"),), (Unknown("an argument"),))
            self._machine.calls.call_with((atom,), given, frame, at)

    @staticmethod
    def _is_function(atom: Atom) -> bool:
        if isinstance(atom, Bound | Closure | Partial):
            return True
        return isinstance(atom, Known) and isinstance(atom.value, FunctionValue)
