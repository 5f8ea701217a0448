"""Rows stay with their tenant: every statement on rows of tenants is bounded by the tenant who has been authenticated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import Located, Name, Problem, Selector, SymbolPattern
from archwright.facts.ir import Span
from archwright.model import CheckResult, Location, Outcome, Step
from archwright.project.analysis import Analysis
from archwright.project.code import Scope
from archwright.project.execution.frame import Frame, Key
from archwright.project.execution.heap import Heap, Object
from archwright.project.execution.machine import Machine
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Trace
from archwright.project.requests.identity import Identity
from archwright.project.storage.schema import Table
from archwright.verifiers.bodies import SelectedBodies, qualified
from archwright.verifiers.reads.parts import Parts
from archwright.verifiers.reads.reads import ReadsContract
from archwright.verifiers.reads.registered import tell_unregistered
from archwright.verifiers.reads.scoping import WORSE, Scoping, Verdict
from archwright.verifiers.storage.storage import selected_modules
from archwright.verifiers.tally import Tally


class Exempt(msgspec.Struct, frozen=True, kw_only=True):
    """A table whose rows belong to a tenant and may be read across tenants all the same."""

    table: Annotated[Located, Meta(description="name the table")]
    because: Annotated[str, Meta(description="say why its rows may be read across tenants", min_length=1)]


class ScopedContract(ReadsContract, frozen=True, kw_only=True):
    """The tenant of the authenticated principal, which travels into an equality of every statement on rows of tenants."""

    requests: Annotated[Selector, Meta(description="say which functions serve the requests")]
    column: Annotated[Name, Meta(description="name the column that says whose a row is")]
    principal: Annotated[
        tuple[SymbolPattern, ...],
        Meta(
            description='name the attribute, or the dependency, that gives the tenant, e.g. "*.Principal.tenant_id"'
        ),
    ]
    registered_by: Annotated[
        Selector | None, Meta(description="The calls that register what is dispatched to")
    ] = None
    migrations: Annotated[
        Selector | None,
        Meta(
            description="The modules with the migrations, whose columns count; otherwise those of the models"
        ),
    ] = None
    exempt: Annotated[
        tuple[Exempt, ...], Meta(description="Tables that may be read across tenants, each with the reason")
    ] = ()

    def problems(self) -> Iterator[Problem]:
        """Nobody who is authenticated."""
        if not self.principal:
            message = f'contract "{self.id}" names nobody whose tenant it is'
            yield Problem(self.origin, message, "name the attribute of the principal in principal")


class _Site(msgspec.Struct):
    verdict: Verdict
    chain: Frame


def check_scoped(contract: ScopedContract, analysis: Analysis) -> CheckResult:
    """Judges every statement, and every new row, that requests lead to, in the worst of the ways that lead there."""
    tally = Tally(contract)
    owned = tables_of_tenants(contract, analysis)
    parts = Parts(contract, analysis, owned)
    sites: dict[tuple[Location, str], _Site] = {}
    for key in SelectedBodies(contract.requests, analysis).all():
        of_all, of_sites = parts.of(key, partial(_of_request, key, contract, owned, analysis))
        tally.add(of_all)
        for chain, span, verdict in of_sites:
            site = (analysis.project.at(chain.function[0], span), qualified(chain.function))
            known = sites.get(site)
            if known is None or WORSE[verdict.outcome] > WORSE[known.verdict.outcome]:
                sites[site] = _Site(verdict, chain)
    for (place, holder), found in sorted(sites.items(), key=lambda item: item[0]):
        verdict = found.verdict
        if verdict.outcome is Outcome.PASS:
            tally.passed()
            continue
        report = tally.failed if verdict.outcome is Outcome.FAIL else tally.undecided
        report(verdict.evidence, (holder, verdict.table), verdict.message, place, _way(found.chain, analysis))
    tell_unregistered(contract.registered_by, parts, analysis, tally)
    return tally.result()


def _of_request(
    key: Key, contract: ScopedContract, owned: Mapping[str, Table], analysis: Analysis
) -> tuple[Tally, list[tuple[Frame, Span, Verdict]]]:
    """What is to be said of the request that the function at *key* serves as a whole, and of what it leads to."""
    tally = Tally(contract)
    scope = analysis.inference.index(key[0]).scopes.get(key[1])
    if scope is None or scope.kind != "function":
        return tally, []
    machine = analysis.following.machine(contract.registered_by)
    models = analysis.storage.models("postgresql")
    identity = Identity(machine, contract.principal)
    trace, before = follow_request(identity, machine, scope)
    name = scope.qualified.split("#")[0]
    if trace.exhausted:
        at = analysis.project.at(scope.module, scope.node.at if scope.node is not None else (1, 1, 1, 1))
        message = f"which rows `{name}` gets at cannot be told: there is too much to follow"
        tally.undecided("too-much", (name,), message, at)
        return tally, []
    return tally, list(Scoping(str(contract.column), identity, models, owned, trace, name).verdicts(before))


def tables_of_tenants(contract: ScopedContract, analysis: Analysis) -> dict[str, Table]:
    """The tables whose rows are of one tenant each, those left out that are exempt."""
    column = str(contract.column)
    exempt = {str(entry.table) for entry in contract.exempt}
    if contract.migrations is not None:
        modules = list(selected_modules(contract.migrations, analysis))
        tables = analysis.storage.history(modules, "postgresql").schema.tables
        known = list(tables.values())
    else:
        known = [model.table for model in analysis.storage.models("postgresql").declared]
    return {t.name: t for t in known if column in t.columns and t.name not in exempt}


def follow_request(identity: Identity, machine: Machine, scope: Scope) -> tuple[Trace, Heap]:
    """What a request leads to, and the cells there were before it."""
    heap: dict[int, Object] = {}
    names = identity.parameters(scope, heap)
    return follow_root(machine, scope, names, heap, identity.replaces), heap


def _way(chain: Frame, analysis: Analysis) -> tuple[Step, ...]:
    steps = []
    for hop in chain.hops()[1:]:
        if hop.caller is not None:
            text = f"`{qualified(hop.caller.function)}` calls `{qualified(hop.function)}`"
            steps.append(Step(text, analysis.project.at(hop.caller.function[0], hop.at)))
    return tuple(steps)
