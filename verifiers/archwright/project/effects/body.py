"""What is found while one body of code is being read: its effects so far, and what is known of the calls in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.effects import catalogue
from archwright.project.effects.edges import Edges
from archwright.project.effects.facts import EFFECTS, Effect, EffectSite, FunctionEffects
from archwright.project.effects.statements import StatementReader
from archwright.project.types.inference import Inference
from archwright.project.types.values import UNKNOWN, Values

_NO_SPAN: ir.Span = (1, 1, 1, 1)


class Body:
    """One body; whoever reads a part of it adds here what it finds."""

    def __init__(
        self, inference: Inference, statements: StatementReader, scope: Scope, *, maps_rows: bool
    ) -> None:
        self.inference = inference
        self.statements = statements
        self.scope = scope
        self.maps_rows = maps_rows
        """Whether an attribute could be that of a mapped row."""
        self.edges = Edges(inference, statements, scope, maps_rows=maps_rows)
        self.at = _NO_SPAN
        """Where what is being read, or the statement around it, stands."""
        self.handed_off = False
        """Whether what is being read runs on another thread."""
        self.awaited: set[int] = set()
        """Calls whose results are awaited, or entered or iterated by ``async``."""
        self.applied: set[int] = set()
        """Calls that only make a decorator."""
        self.written: set[Effect] = set()
        """Effects of texts that are written in this body: they count there, and not again where the text is executed."""
        self.executed: set[str] = set()
        self._sites: list[EffectSite] = []

    def found(self) -> FunctionEffects:
        """All that has been found."""
        sites = [
            s
            for s in self._sites
            if not (s.what in self.executed and s.effects and s.effects[0] in self.written)
        ]
        return FunctionEffects(tuple(dict.fromkeys(sites)), self.edges.all())

    def site(self, site: EffectSite) -> None:
        """Adds one as it is."""
        self._sites.append(site)

    def add(
        self, effect: Effect, name: str, at: ir.Span, *, blocking: bool | None = None, parameter: str = ""
    ) -> None:
        """A certain effect of the external *name*."""
        held = catalogue.blocks(name, effect.name) if blocking is None else blocking
        held = held and not self.handed_off
        self.site(EffectSite((effect,), True, name, at, held, parameter))

    def possible(self, effects: tuple[Effect, ...], what: str, call: ir.Call) -> None:
        """A call on something unknown; who awaits it is not held up by it."""
        held = not self.handed_off and id(call) not in self.awaited
        held = held and any(catalogue.blocks(what, effect.name) for effect in effects)
        self.site(EffectSite(effects, False, what, call.at, held))

    def anything(self, what: str, at: ir.Span) -> None:
        """Code nobody can see: it may have any effect."""
        self.site(EffectSite(tuple(Effect(effect) for effect in EFFECTS), False, what, at))

    def by_names(self, names: Iterable[str], at: ir.Span) -> None:
        """Functions of other packages that run without being called here."""
        for name in names:
            effect = catalogue.called_effect(name)
            if effect is not None:
                self.add(effect, name, at)

    def foreign(self, name: str, at: ir.Span, *, awaited: bool = False) -> None:
        """Code of another package, by the name it is reached by: a site where nobody has judged what it does."""
        package = catalogue.unjudged_package(name)
        if package:
            held = not (awaited or self.handed_off)
            self.site(EffectSite((), False, name, at, held, package=package))

    def left(self, entered: str, at: ir.Span) -> None:
        """A transaction that a block was entered with is committed at its end."""
        effect = catalogue.called_effect(entered)
        if effect is not None and effect.name == "db.transaction.begin":
            held = catalogue.blocks(entered, effect.name) and not self.handed_off
            commit = Effect("db.transaction.commit")
            self.site(EffectSite((commit,), True, entered, at, held, after=effect.name))

    def callees(self, call: ir.Call, local: Mapping[str, Values]) -> Values:
        """What *call* may call, where *local* names are what lambdas around it bind."""
        parts: list[str] = []
        root: object = call.func
        while isinstance(root, ir.Attr):
            parts.append(root.name)
            root = root.value
        if not isinstance(root, ir.Name) or root.id not in local:
            return self.inference.callees(call, self.scope)
        values = local[root.id]
        for part in reversed(parts):
            values = frozenset(
                member
                for value in values
                for member in (self.inference.member(value, part) if value != UNKNOWN else (UNKNOWN,))
            )
        return values
