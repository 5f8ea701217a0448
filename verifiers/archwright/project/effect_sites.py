"""The effects in one body of code, and what that body makes run: calls, properties, context managers, decorators, callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from archwright.facts import ir
from archwright.project import effect_catalogue as catalogue
from archwright.project.code import Scope
from archwright.project.effect_arguments import gives, is_partial, opened_for, receiver_of, rows_given
from archwright.project.effect_decorators import Decorators
from archwright.project.effect_edges import Edges
from archwright.project.effect_facts import EFFECTS, Effect, EffectSite, FunctionEffects
from archwright.project.effect_nodes import running_nodes
from archwright.project.effect_statements import StatementReader
from archwright.project.effect_telling import STATEMENT, told_by_session
from archwright.project.implicit_attributes import Objects
from archwright.project.implicit_calls import ImplicitCalls
from archwright.project.implicit_names import ImplicitNames
from archwright.project.inference import Inference
from archwright.project.possible_calls import PossibleCalls
from archwright.project.values import (
    UNKNOWN,
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
_NO_SPAN: ir.Span = (1, 1, 1, 1)
_OPENS = frozenset(
    {
        "builtins.open",
        "io.open",
        "os.fdopen",
        "codecs.open",
        "gzip.open",
        "bz2.open",
        "lzma.open",
        "aiofiles.open",
    }
)
_ARGUMENTLESS = {
    "time.gmtime": 0,
    "time.localtime": 0,
    "time.ctime": 0,
    "time.strftime": 1,
    "time.asctime": 0,
    "email.utils.formatdate": 0,
    "email.utils.localtime": 0,
    "random.Random": 0,
    "numpy.random.default_rng": 0,
}
"""Calls that read the clock, or the system's randomness, only when they get no more than so many arguments."""


Further = Callable[[str], Effect | None]
"""The effect of a call by its full name, beyond the catalogue."""


class EffectReader:
    """Reads bodies; one per project. Effects of callees are not included, they are edges."""

    def __init__(self, inference: Inference, further: Further | None = None) -> None:
        self._inference = inference
        self._project = inference.project
        self.further: Further = further or _nothing_further
        self.statements = StatementReader(inference)
        self.names = ImplicitNames(inference.project)

    def read(self, scope: Scope) -> FunctionEffects:
        """The effects and edges of *scope*'s own body."""
        return _Body(self, self._inference, scope).read()

    @property
    def maps_rows(self) -> bool:
        """Whether an attribute could be that of a mapped row: some class of this code base is mapped."""
        for word in _MAPPED:
            self._project.reads.note("word", word)
        return self._mapped

    @cached_property
    def _mapped(self) -> bool:
        return any(self._project.mentioning([word]) for word in _MAPPED)


class _Body:
    def __init__(self, reader: EffectReader, inference: Inference, scope: Scope) -> None:
        self._reader = reader
        self._inference = inference
        self._scope = scope
        self._sites: list[EffectSite] = []
        self._edges = Edges(inference, reader.statements, scope, maps_rows=reader.maps_rows)
        self._decorators = Decorators(inference, scope, self._edges)
        self._implicit = ImplicitCalls(Objects(inference, reader.names, scope, self._edges))
        self._possible_calls = PossibleCalls(inference, scope, self._edges)
        self._at = _NO_SPAN
        self._handed_off = False
        self._written: set[Effect] = set()
        """Effects of texts that are written in this body: they count there, and not again where the text is executed."""
        self._executed: set[str] = set()
        self._applied: set[int] = set()
        """Calls that only make a decorator."""
        self._awaited: set[int] = set()
        """Calls whose results are awaited, or entered or iterated by ``async``."""

    def read(self) -> FunctionEffects:
        for name, at in self._decorators.around():
            self._by_names((name,), at)
        for node, local, handed_off in running_nodes(self._scope.body):
            self._handed_off = handed_off
            if hasattr(node, "at"):
                self._at = node.at
            if isinstance(node, ir.Call):
                self._call(node, local)
            elif isinstance(node, ir.Await):
                self._awaited.add(id(node.value))
            elif isinstance(node, ir.With):
                self._with(node)
            elif isinstance(node, ir.Name | ir.Attr):
                self._reference(node)
            elif isinstance(node, ir.Assign | ir.AugAssign | ir.AnnAssign):
                self._assignment(node)
            elif isinstance(node, ir.For) and node.is_async:
                self._awaited.add(id(node.iter))
            elif isinstance(node, ir.FunctionDef | ir.ClassDef):
                self._definition(node)
            self._implicit.read(node, self._at)
        sites = [s for s in self._sites if not (s.effects[0] in self._written and s.what in self._executed)]
        return FunctionEffects(tuple(dict.fromkeys(sites)), self._edges.all())

    # --- calls ---

    def _call(self, call: ir.Call, local: Mapping[str, Values]) -> None:
        values = self._callees(call, local)
        names = sorted(v.name for v in values if isinstance(v, ExternalValue) and not is_unbound(v))
        known = False
        for name in sorted(called_names(values)):
            effect = self._reader.further(name)
            if effect is not None:
                known = True
                self._add(effect, name, call.at)
        for name in names:
            known = self._external(name, call) or known
        for value in sorted(values, key=repr):
            if isinstance(value, FunctionValue | ClassValue | InstanceValue):
                known = True
                self._edges.value(value, call.at, "calls", call)
        self._implicit.called(names, call)
        for value in sorted(values, key=repr):
            if isinstance(value, ClassValue):
                self._by_names(self._edges.outside(value, call), call.at)
        if UNKNOWN in values or any(map(is_unbound, values)):
            self._possible_calls.of(call)
            self._looked_up(call)
            if UNKNOWN in values and self._possible_calls.is_picked(call.func):
                anything = tuple(Effect(effect) for effect in EFFECTS)
                self._sites.append(EffectSite(anything, False, _written(call.func), call.at))
        if not known:
            self._telling(call, values, names)
        self._callbacks(call, names)

    def _by_names(self, names: Iterable[str], at: ir.Span) -> None:
        """Functions of other packages that run without being called here."""
        for name in names:
            effect = catalogue.called_effect(name)
            if effect is not None:
                self._add(effect, name, at)

    def _looked_up(self, call: ir.Call) -> None:
        """Members of a known object that are called by a text nobody knows: any of them may be meant."""
        for value in sorted(self._inference.reflection.open_owners(call.func, self._scope), key=repr):
            if isinstance(value, ExternalInstance):
                effects = tuple(map(Effect, catalogue.effects_of_members(value.name)))
                if effects:
                    self._sites.append(EffectSite(effects, False, f"{value.name}.…", call.at))

    def _callees(self, call: ir.Call, local: Mapping[str, Values]) -> Values:
        parts: list[str] = []
        root: Any = call.func
        while isinstance(root, ir.Attr):
            parts.append(root.name)
            root = root.value
        if not isinstance(root, ir.Name) or root.id not in local:
            return self._inference.callees(call, self._scope)
        values = local[root.id]
        for part in reversed(parts):
            values = frozenset(
                member
                for value in values
                for member in (self._inference.member(value, part) if value != UNKNOWN else (UNKNOWN,))
            )
        return values

    def _external(self, name: str, call: ir.Call) -> bool:
        if name in catalogue.ENTERS and call.args:
            for value in self._inference.evaluate(call.args[0].value, self._scope):
                if isinstance(value, ExternalInstance):
                    self._left(value.name, call.at)
        member = catalogue.member(name)
        if member in catalogue.STATEMENTS:
            self._statement(name, call)
            return True
        if name in _OPENS or member == "path.open":
            self._add(Effect(opened_for(call, first=0 if member else 1)), name, call.at)
            return True
        if catalogue.statement_kind(name) and name.endswith(".with_for_update"):
            self._add(Effect("db.lock"), name, call.at)
            return True
        if catalogue.statement_kind(name) == "text":
            self._text(name, call)
            return True
        if name in _ARGUMENTLESS:
            if len(call.args) <= _ARGUMENTLESS[name]:
                self._add(Effect("random" if "random" in name else "clock"), name, call.at)
            return True
        if name in catalogue.IMPORTING and call.args and self._is_known(call.args[0].value):
            return True
        if name in catalogue.DYNAMIC:
            anything = tuple(Effect(effect) for effect in EFFECTS)
            self._sites.append(EffectSite(anything, False, name, call.at))
            return True
        effect = catalogue.called_effect(name)
        if effect is None or id(call) in self._applied:
            return bool(member)
        if effect.name == "sleep" and call.args and call.args[0].value == ir.Num("0"):
            return True  # lets others run; takes no time
        if effect.name in ("db.read", "db.write"):
            effect = Effect(effect.name, self._table(member, call))
        parameter = self._deciding(call) if member.startswith("session.") and not effect.table else ""
        self._add(effect, name, call.at, parameter=parameter)
        if member in ("session.get", "session.get_one", "session.refresh") and gives(call, "with_for_update"):
            self._add(Effect("db.lock"), name, call.at)
        return True

    def _is_known(self, text: ir.Expr) -> bool:
        return self._inference.reflection.is_known(text, self._scope)

    def _statement(self, name: str, call: ir.Call) -> None:
        positional = [
            a.value for a in call.args if not a.star and (a.keyword in (None, "statement", "sql", "query"))
        ]
        raw = name.endswith("exec_driver_sql") or not catalogue.member(name).startswith(
            ("session.", "connection.")
        )
        first = positional[0] if positional else None
        self._executed.add(name)
        for effects, all_happen in self._reader.statements.read(first, self._scope, text=raw):
            if all_happen:
                for effect in effects:
                    self._add(effect, name, call.at)
            else:
                self._sites.append(
                    EffectSite(effects, True, name, call.at, catalogue.blocks(name, "db.read"))
                )

    def _text(self, name: str, call: ir.Call) -> None:
        """A text that locks or ends a transaction counts where it is written: who runs it may be anybody."""
        if name.count(".") > 1 and not name.endswith(".text"):
            return
        reading = self._reader.statements.text(call.args[0].value if call.args else None, self._scope)
        for effect in reading[0] if reading else ():
            if effect.is_a("db.lock") or effect.is_a("db.transaction"):
                self._written.add(effect)
                self._add(effect, name, call.at)

    def _table(self, member: str, call: ir.Call) -> str:
        if not member.startswith("session.") or not call.args:
            return ""
        rows = rows_given(call.args[0].value)
        tables = {self._reader.statements.table(self._inference.evaluate(row, self._scope)) for row in rows}
        return tables.pop() if len(tables) == 1 else ""

    def _deciding(self, call: ir.Call) -> str:
        """The parameter of this function that a row, or the class of one, is given by."""
        given: ir.Expr | None = call.args[0].value if call.args else None
        if isinstance(given, ir.Call) and given.func == ir.Name("type") and len(given.args) == 1:
            given = given.args[0].value
        own = {param.name for param in self._scope.params}
        return given.id if isinstance(given, ir.Name) and given.id in own else ""

    def _telling(self, call: ir.Call, values: Values, names: list[str]) -> None:
        """A call on something of unknown type whose name says what it would do."""
        receiver, last = receiver_of(call.func)
        if receiver is None:
            return
        unresolved = UNKNOWN in values or any(is_unbound(v) for v in values)
        if not unresolved and not any(catalogue.is_opaque(name) for name in names):
            return
        what = f"{ir.dotted(receiver) or '…'}.{last}"
        told = told_by_session(call)
        if last in catalogue.TELLING_STATEMENTS or told == STATEMENT:
            first = call.args[0].value if call.args else None
            if last.endswith("scalars") and (first is None or isinstance(first, ir.Num)):
                return  # rows of a result, by the position of a column; a session's own needs a statement
            for effects, _ in self._reader.statements.read(first, self._scope, text=True):
                self._possible(effects, what, call)
        elif last in catalogue.TELLING:
            self._possible((Effect(catalogue.TELLING[last]),), what, call)
        else:
            table = self._added(call) if last in ("add", "delete", "merge", "add_all") else ""
            if told or table:
                self._possible((Effect(told or "db.write", table),), what, call)

    def _possible(self, effects: tuple[Effect, ...], what: str, call: ir.Call) -> None:
        """A call on something unknown; who awaits it is not held up by it."""
        held = not self._handed_off and id(call) not in self._awaited
        held = held and any(catalogue.blocks(what, effect.name) for effect in effects)
        self._sites.append(EffectSite(effects, False, what, call.at, held))

    def _added(self, call: ir.Call) -> str:
        """The table of the row a call is given."""
        if not call.args:
            return ""
        values = self._inference.evaluate(call.args[0].value, self._scope)
        return self._reader.statements.table(frozenset(v for v in values if isinstance(v, InstanceValue)))

    def _callbacks(self, call: ir.Call, names: list[str]) -> None:
        """Functions given to a call may run because of it, here or later."""
        last = call.func.name if isinstance(call.func, ir.Attr) else ""
        handed_off = any(name in catalogue.HAND_OFF for name in names) or last in catalogue.HAND_OFF_MEMBERS
        for position, arg in enumerate(call.args):
            value = arg.value
            if isinstance(value, ir.Call) and not is_partial(value):
                self._caller(value, call.at)
                continue
            if not isinstance(value, ir.Name | ir.Attr | ir.Call):
                continue
            for given in sorted(self._inference.evaluate(value, self._scope), key=repr):
                if isinstance(given, FunctionValue):
                    self._edges.add(
                        given.module,
                        given.qualname,
                        "passes on",
                        call.at,
                        handed_off=handed_off,
                        given=call.args[position + 1 :],
                        skipped=int(given.bound) + (last == "run_sync"),
                    )
                elif isinstance(given, ClassValue) and catalogue.CALLS_ARGUMENT.intersection(names):
                    self._edges.value(given, call.at, "passes on")
                elif isinstance(given, InstanceValue):
                    self._edges.methods(given, "__call__", "passes on", call.at, handed_off=handed_off)
                elif isinstance(given, ExternalValue):
                    effect = catalogue.called_effect(given.name)
                    if effect is not None:
                        self._add(effect, given.name, call.at, blocking=False if handed_off else None)

    def _caller(self, made: ir.Call, at: ir.Span) -> None:
        """``operator.methodcaller("commit")`` handed on: who is asked is not known."""
        if ExternalInstance("operator.methodcaller") in self._inference.evaluate(made, self._scope):
            for name in sorted(self._inference.reflection.names_given(made, self._scope)):
                if name in catalogue.TELLING:
                    self._sites.append(EffectSite((Effect(catalogue.TELLING[name]),), False, f"….{name}", at))

    # --- what runs without being called by name ---

    def _reference(self, node: ir.Name | ir.Attr) -> None:
        if isinstance(node, ir.Name) and not self._could_refer(node.id):
            return
        for value in self._inference.evaluate(node, self._scope):
            if isinstance(value, ExternalValue) and value.name in catalogue.REFERENCES:
                self._add(Effect(catalogue.REFERENCES[value.name]), value.name, self._at)

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
                self._awaited.add(id(item.expr))
            for value in sorted(self._inference.evaluate(item.expr, self._scope), key=repr):
                if isinstance(value, ExternalInstance):
                    self._left(value.name, node.at)
                if not isinstance(value, InstanceValue):
                    continue
                for how, names in (("enters", _ENTERING), ("leaves", _LEAVING)):
                    for name in names:
                        self._edges.methods(value, name, how, node.at)

    def _left(self, entered: str, at: ir.Span) -> None:
        """A transaction that a block was entered with is committed at its end."""
        effect = catalogue.called_effect(entered)
        if effect is not None and effect.name == "db.transaction.begin":
            held = catalogue.blocks(entered, effect.name) and not self._handed_off
            commit = Effect("db.transaction.commit")
            self._sites.append(EffectSite((commit,), True, entered, at, held, after=effect.name))

    def _assignment(self, node: ir.Assign | ir.AugAssign | ir.AnnAssign) -> None:
        """Setting an attribute of a mapped row changes the row."""
        if not self._reader.maps_rows:
            return
        for target in node.targets if isinstance(node, ir.Assign) else (node.target,):
            if not isinstance(target, ir.Attr) or (isinstance(node, ir.AnnAssign) and node.value is None):
                continue
            values = self._inference.evaluate(target.value, self._scope)
            tables = self._reader.statements.tables(
                frozenset(v for v in values if isinstance(v, InstanceValue))
            )
            if tables:
                written = f"{ir.dotted(target.value) or '…'}.{target.name}"
                effects = tuple(Effect("db.write", table) for table in tables)
                self._sites.append(EffectSite(effects, True, written, node.at))

    def _definition(self, node: ir.FunctionDef | ir.ClassDef) -> None:
        self._applied.update(id(d) for d in node.decorators if isinstance(d, ir.Call))
        self._decorators.applied(node)

    def _add(
        self, effect: Effect, name: str, at: ir.Span, *, blocking: bool | None = None, parameter: str = ""
    ) -> None:
        held = catalogue.blocks(name, effect.name) if blocking is None else blocking
        held = held and not self._handed_off
        self._sites.append(EffectSite((effect,), True, name, at, held, parameter))


def _nothing_further(name: str) -> Effect | None:
    return None


def _written(func: ir.Expr) -> str:
    """What is called, as far as it has names."""
    if isinstance(func, ir.Subscript):
        return f"{ir.dotted(func.value) or '…'}[…]"
    if isinstance(func, ir.Call):
        return f"{ir.dotted(func.func) or '…'}(…)"
    return ir.dotted(func) or "…"
