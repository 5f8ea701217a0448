"""Registry rule ``domains``: a handler gets hold of the domains whose operations it serves, and of no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Located, Selector, Subject
from archwright.model import CheckResult, Location, Step
from archwright.project.analysis import Analysis
from archwright.project.code import calls_in
from archwright.project.imports import ImportEdge
from archwright.project.operations.registry import Operations, Registration
from archwright.project.types.values import ClassValue, FunctionValue
from archwright.verifiers.bodies import short_name
from archwright.verifiers.ends import edge_ends
from archwright.verifiers.imports.imports import Mode
from archwright.verifiers.registry.registry import RegistryContract, operations_of
from archwright.verifiers.tally import Tally


class DomainsContract(RegistryContract, frozen=True, kw_only=True):
    """A handler imports and calls code of the domains whose operations it registers; the first word of an operation is its domain.

    A module serves what it registers, or what its classes are registered for elsewhere. Every way of importing counts, and so
    does what comes through its helpers and through other handlers. Whoever registers operations of two domains has let itself
    into the second one.
    """

    handlers: Annotated[Selector, Meta(description="say which modules register operations")]
    owned: Annotated[
        Selector, Meta(description="say which modules belong to their domains: {layer: [L5, L6]}")
    ]
    helpers: Annotated[
        Selector | None,
        Meta(description="Modules that belong to the handler that imports them, with all they import"),
    ] = None
    domains: Annotated[
        Mapping[Located, tuple[str, ...]],
        Meta(description="First words of operations that are no domain, and the domains they stand for"),
    ] = {}
    except_modes: Annotated[
        tuple[Mode, ...], Meta(description="Ways of importing that do not count, e.g. type-only")
    ] = ()
    exceptions: Annotated[
        Mapping[Located, Mapping[str, str]],
        Meta(description="Modules that may reach further domains, and why: {app.x_handler: {logs: why}}"),
    ] = {}


class Handled(msgspec.Struct, frozen=True):
    """What one module serves."""

    registrations: tuple[Registration, ...]
    domains: frozenset[str]
    """The domains of its operations."""
    untold: str
    """Why it may serve more than that; empty when it does not."""


def check_domains(contract: DomainsContract, analysis: Analysis) -> CheckResult:
    """Judges every handler: what it registers, what it imports, what it calls."""
    tally = Tally(contract)
    operations = operations_of(contract, analysis)
    served = handled_by_module(contract, operations, analysis)
    exceptions: dict[str, Mapping[str, str]] = {str(m): d for m, d in contract.exceptions.items()}
    used: set[tuple[str, str]] = set()
    for module, handled in served.items():
        allowed = exceptions.get(module, {})
        _several(module, handled, allowed, contract, used, tally)
        judge = _Reach(contract, module, handled, frozenset(allowed), analysis, tally)
        judge.imports()
        judge.calls()
        used |= {(module, domain) for domain in judge.excused}
    _needless(contract, operations, used, tally)
    return tally.result()


def handled_by_module(
    contract: DomainsContract, operations: Operations, analysis: Analysis
) -> dict[str, Handled]:
    """What every module among the contract's handlers serves, in the order of modules; those that serve nothing are left out."""
    found: dict[str, list[Registration]] = {}
    for one in operations.registrations():
        for module in _serving(one, contract, analysis):
            found.setdefault(module, []).append(one)
    vague = {v.scope.module: v.what for v in operations.vague_registrations}
    served: dict[str, Handled] = {}
    for module in sorted(found.keys() | {m for m in vague if _is_handler(m, contract, analysis)}):
        registrations = tuple(found.get(module, ()))
        domains = frozenset(d for one in registrations for o in one.operations for d in _domains(o, contract))
        untold = "registers operations that cannot be told" if module in vague else ""
        if any(not one.operations for one in registrations):
            untold = "registers an operation whose name cannot be told"
        served[module] = Handled(registrations, domains, untold)
    return served


# --- what is served ---------------------------------------------------------------------------------------------


def _serving(one: Registration, contract: DomainsContract, analysis: Analysis) -> Iterator[str]:
    """The handler a registration is made by: the outermost on the way to it, or else where the handler's class is defined."""
    way = (one.way.root.module, *(hop.scope.module for hop in one.way.hit.frame.hops()), one.scope.module)
    outermost = next((m for m in way if _is_handler(m, contract, analysis)), None)
    if outermost is not None:
        yield outermost
        return
    classes = analysis.inference.classes
    for name in one.classes:
        home = classes.locate(name)[0] if classes.known(name) else ""
        if home and _is_handler(home, contract, analysis):
            yield home


def _several(
    module: str,
    handled: Handled,
    allowed: Mapping[str, str],
    contract: DomainsContract,
    used: set[tuple[str, str]],
    tally: Tally,
) -> None:
    """Operations of another domain than most of the module's are."""
    names = [(o, one) for one in handled.registrations for o in one.operations]
    homes = Counter(_domains(o, contract) for o, _ in names)
    own = homes.most_common(1)[0][0] if homes else frozenset()
    reported: set[str] = set()
    for operation, one in names:
        foreign = _domains(operation, contract)
        if foreign == own:
            tally.passed()
        elif foreign and foreign <= set(allowed):
            used |= {(module, domain) for domain in foreign}
            tally.passed()
        elif operation not in reported:
            reported.add(operation)
            home = f'"{", ".join(sorted(own))}"' if own else "no domain"
            message = f"`{module}` is a handler of {home} and registers `{operation}` as well"
            tally.failed("foreign-registration", (module, operation), message, one.at)
    if handled.untold:
        first = handled.registrations[0].at if handled.registrations else contract.origin
        at = next((one.at for one in handled.registrations if not one.operations), first)
        message = f"`{module}` {handled.untold}, so its domains cannot be told"
        tally.undecided("domains-not-told", (module,), message, at)


def _domains(operation: str, contract: DomainsContract) -> frozenset[str]:
    word = operation.partition(".")[0]
    return frozenset(next((named for key, named in contract.domains.items() if key == word), (word,)))


def _is_handler(module: str, contract: DomainsContract, analysis: Analysis) -> bool:
    return contract.handlers.matches(_subject(module, analysis))


def _subject(module: str, analysis: Analysis) -> Subject:
    return Subject(module=module, unit=analysis.project.unit(module))


# --- what is reached --------------------------------------------------------------------------------------------


class _Reach:
    """What one handler gets hold of."""

    def __init__(
        self,
        contract: DomainsContract,
        module: str,
        handled: Handled,
        allowed: frozenset[str],
        analysis: Analysis,
        tally: Tally,
    ) -> None:
        self._contract = contract
        self._module = module
        self._handled = handled
        self._allowed = allowed
        self._analysis = analysis
        self._tally = tally
        self.excused: set[str] = set()
        """The domains it reaches because the contract excuses it."""
        self._seen: set[str] = set()
        """Foreign modules that have been reported."""

    def imports(self) -> None:
        """Judges its imports, and those of what it shares its domain with."""
        pending: list[tuple[str, tuple[Step, ...], Location | None]] = [(self._module, (), None)]
        visited = {self._module}
        while pending:
            source, steps, first = pending.pop(0)
            for edge in self._analysis.imports(source):
                if edge.mode in self._contract.except_modes:
                    continue
                at = first or edge.location
                self._judge_import(edge, at, steps)
                step = Step(f"`{source}` imports `{edge.target}`", edge.location)
                for end in edge_ends(edge, self._analysis):
                    if end.module is not None and end.module not in visited and self._is_followed(end):
                        visited.add(end.module)
                        pending.append((end.module, (*steps, step), at))
            for lost in self._analysis.unresolved_imports(source):
                if lost.kind == "undecided" and lost.mode not in self._contract.except_modes:
                    message = f"what `{source}` imports as `{lost.named}` cannot be told"
                    at = first or lost.location
                    self._tally.undecided("import-not-told", (self._module, lost.named), message, at, steps)

    def calls(self) -> None:
        """Judges what it calls without having imported it: what it was handed, or picked out of something else."""
        for scope in self._analysis.inference.index(self._module).executed():
            for call in calls_in(scope):
                values = self._analysis.inference.callees(call, scope)
                known = [v for v in values if isinstance(v, FunctionValue | ClassValue)]
                ends = [_subject(v.module, self._analysis) for v in known]
                foreign = [e for e in ends if self._foreign(e)]
                if not foreign or len(foreign) != len(values):
                    continue  # one of several implementations of a port is nobody's business
                at = self._analysis.project.at(scope.module, call.at)
                name = scope.qualified.split("#")[0]
                self._report(
                    foreign[0], f"`{short_name(name)}` calls `{short_name(known[0].qualified)}` of", at, ()
                )

    def _judge_import(self, edge: ImportEdge, at: Location, steps: tuple[Step, ...]) -> None:
        ends = [e for e in edge_ends(edge, self._analysis) if e.module and self._contract.owned.matches(e)]
        foreign = [e for e in ends if self._foreign(e)]
        if not foreign:
            self._tally.passed(1 if ends and not steps else 0)
            return
        who = self._module if not steps else f"{self._module}` gets, by `{edge.source}"
        self._report(
            foreign[0], f"`{who}`{' imports' if not steps else ''} `{foreign[0].module}` of", at, steps
        )

    def _foreign(self, end: Subject) -> bool:
        """Whether an end belongs to a domain the handler has no business with; notes the exceptions that are used."""
        unit = end.unit
        if unit is None or not unit.domain or not self._contract.owned.matches(end):
            return False
        if unit.domain in self._handled.domains:
            return False
        if unit.domain in self._allowed:
            self.excused.add(unit.domain)
            return False
        return True

    def _report(self, end: Subject, what: str, at: Location, steps: tuple[Step, ...]) -> None:
        name = end.module or ""
        if name in self._seen:
            return
        self._seen.add(name)
        domain = end.unit.domain if end.unit is not None else ""
        own = ", ".join(sorted(self._handled.domains)) or "no domain"
        message = f'{what} the domain "{domain}"; its operations are of {own}'
        symbols = (self._module, name)
        if self._handled.untold:
            self._tally.undecided("foreign-domain", symbols, f"{message}, as far as can be told", at, steps)
        else:
            self._tally.failed("foreign-domain", symbols, message, at, steps)

    def _is_followed(self, end: Subject) -> bool:
        helpers = self._contract.helpers
        return self._contract.handlers.matches(end) or (helpers is not None and helpers.matches(end))


def _needless(
    contract: DomainsContract, operations: Operations, used: set[tuple[str, str]], tally: Tally
) -> None:
    """Exceptions nobody makes use of."""
    for module, domains in contract.exceptions.items():
        for domain in domains:
            if (module, domain) not in used:
                message = f'the contract lets `{module}` reach the domain "{domain}", which it does not'
                tally.failed("needless-exception", (module, domain), message, module.origin)
    words = {o.partition(".")[0] for one in operations.registrations() for o in one.operations}
    for word in contract.domains:
        if word not in words:
            message = f'the contract says which domains "{word}" stands for, and no operation begins so'
            tally.failed("needless-exception", (word,), message, word.origin)
