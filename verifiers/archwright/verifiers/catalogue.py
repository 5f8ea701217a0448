"""The kinds of contract there are, and who decides each. A kind's verifiers are loaded when somebody asks for the kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from archwright.contracts.language import Contract
from archwright.contracts.loader import Kind
from archwright.model import CheckResult

if TYPE_CHECKING:
    from archwright.project.analysis import Analysis

Verifier = Callable[[Any, "Analysis"], CheckResult]
Rules = Mapping[str, tuple[type[Contract], Verifier]]
"""By rule the structure its contracts are read into and who decides them; the rule is empty where a kind has only one."""


def check(contract: Contract, analysis: Analysis) -> CheckResult:
    """Decides one contract. Raises KeyError for one of no kind in ``KINDS``."""
    for structure, verifier in KINDS.rules(contract.kind).values():
        if type(contract) is structure:
            return verifier(contract, analysis)
    raise KeyError(type(contract))


def _topology() -> Rules:
    from archwright.verifiers.topology import (
        ConductContract,
        CoverContract,
        HeaderContract,
        NamingContract,
        check_conduct,
        check_cover,
        check_header,
        check_naming,
    )

    return {
        "cover": (CoverContract, check_cover),
        "header": (HeaderContract, check_header),
        "naming": (NamingContract, check_naming),
        "conduct": (ConductContract, check_conduct),
    }


def _imports() -> Rules:
    from archwright.verifiers.imports.edges import (
        ForbidContract,
        GatewayContract,
        OnlyContract,
        WiringContract,
        check_forbid,
        check_gateway,
        check_only,
        check_wiring,
    )
    from archwright.verifiers.imports.order import (
        AcyclicContract,
        LayersContract,
        check_acyclic,
        check_layers,
    )
    from archwright.verifiers.imports.resolve import ResolveContract, check_resolve

    return {
        "wiring": (WiringContract, check_wiring),
        "forbid": (ForbidContract, check_forbid),
        "only": (OnlyContract, check_only),
        "gateway": (GatewayContract, check_gateway),
        "resolve": (ResolveContract, check_resolve),
        "layers": (LayersContract, check_layers),
        "acyclic": (AcyclicContract, check_acyclic),
    }


def _ordering() -> Rules:
    from archwright.verifiers.ordering.ordering import OrderingContract, check_ordering

    return {
        "": (OrderingContract, check_ordering),
    }


def _storage() -> Rules:
    from archwright.verifiers.storage.agreement import AgreeContract, check_agree
    from archwright.verifiers.storage.chain import ChainContract, check_chain
    from archwright.verifiers.storage.statements import (
        OwnershipContract,
        StatementsContract,
        check_ownership,
        check_statements,
    )
    from archwright.verifiers.storage.tables import TableContract, check_table

    return {
        "chain": (ChainContract, check_chain),
        "agree": (AgreeContract, check_agree),
        "table": (TableContract, check_table),
        "statements": (StatementsContract, check_statements),
        "ownership": (OwnershipContract, check_ownership),
    }


def _events() -> Rules:
    from archwright.verifiers.events.declared import DeclaredContract, check_declared
    from archwright.verifiers.events.emitted import EmittedContract, check_emitted
    from archwright.verifiers.events.validated import ValidatedContract, check_validated
    from archwright.verifiers.events.validator import ValidatorContract, check_validator

    return {
        "declared": (DeclaredContract, check_declared),
        "emitted": (EmittedContract, check_emitted),
        "validated": (ValidatedContract, check_validated),
        "validator": (ValidatorContract, check_validator),
    }


def _registry() -> Rules:
    from archwright.verifiers.registry.arguments import ArgumentsContract, check_arguments
    from archwright.verifiers.registry.dispatched import DispatchedContract, check_dispatched
    from archwright.verifiers.registry.domains import DomainsContract, check_domains
    from archwright.verifiers.registry.registered import RegisteredContract, check_registered
    from archwright.verifiers.registry.routes import RoutesContract, check_routes
    from archwright.verifiers.registry.static import StaticContract, check_static
    from archwright.verifiers.registry.wired import WiredContract, check_wired

    return {
        "registered": (RegisteredContract, check_registered),
        "dispatched": (DispatchedContract, check_dispatched),
        "arguments": (ArgumentsContract, check_arguments),
        "domains": (DomainsContract, check_domains),
        "routes": (RoutesContract, check_routes),
        "wired": (WiredContract, check_wired),
        "static": (StaticContract, check_static),
    }


def _effects() -> Rules:
    from archwright.verifiers.effects.effects import (
        BlockingContract,
        ForbidEffectsContract,
        OnlyEffectsContract,
        check_blocking,
        check_forbid_effects,
        check_only_effects,
    )

    return {
        "forbid": (ForbidEffectsContract, check_forbid_effects),
        "only": (OnlyEffectsContract, check_only_effects),
        "blocking": (BlockingContract, check_blocking),
    }


def _declarations() -> Rules:
    from archwright.verifiers.declarations.access import AccessClaimsContract, check_access_claims
    from archwright.verifiers.declarations.callers import CallersContract, check_callers
    from archwright.verifiers.declarations.declarations import KeysContract, check_keys
    from archwright.verifiers.declarations.docs import DocstringsContract, check_docstrings
    from archwright.verifiers.declarations.events import EventClaimsContract, check_event_claims
    from archwright.verifiers.declarations.imports import ImportClaimsContract, check_import_claims
    from archwright.verifiers.declarations.lifecycle import LifecycleContract, check_lifecycle

    return {
        "access": (AccessClaimsContract, check_access_claims),
        "callers": (CallersContract, check_callers),
        "docstrings": (DocstringsContract, check_docstrings),
        "events": (EventClaimsContract, check_event_claims),
        "imports": (ImportClaimsContract, check_import_claims),
        "keys": (KeysContract, check_keys),
        "lifecycle": (LifecycleContract, check_lifecycle),
    }


def _shape() -> Rules:
    from archwright.verifiers.shape.arguments import CallArgumentsContract, check_call_arguments
    from archwright.verifiers.shape.budgets import BudgetsContract, check_budgets
    from archwright.verifiers.shape.classes import ClassesContract, check_classes
    from archwright.verifiers.shape.concern import ConcernContract, check_concern
    from archwright.verifiers.shape.constants import ConstantContract, check_constant
    from archwright.verifiers.shape.contents import ContentsContract, check_contents
    from archwright.verifiers.shape.names import NamesContract, check_names
    from archwright.verifiers.shape.returns import ReturnsContract, check_returns
    from archwright.verifiers.shape.signatures import SignaturesContract, check_signatures

    return {
        "arguments": (CallArgumentsContract, check_call_arguments),
        "budgets": (BudgetsContract, check_budgets),
        "classes": (ClassesContract, check_classes),
        "concern": (ConcernContract, check_concern),
        "constant": (ConstantContract, check_constant),
        "contents": (ContentsContract, check_contents),
        "names": (NamesContract, check_names),
        "returns": (ReturnsContract, check_returns),
        "signatures": (SignaturesContract, check_signatures),
    }


def _reads() -> Rules:
    from archwright.verifiers.reads.clock import ClockContract, check_clock
    from archwright.verifiers.reads.expiry import ExpiryContract, check_expiry
    from archwright.verifiers.reads.ordered import OrderedContract, check_ordered
    from archwright.verifiers.reads.persisted import PersistedContract, check_persisted
    from archwright.verifiers.reads.reads import AsOfContract, check_as_of
    from archwright.verifiers.reads.scoped import ScopedContract, check_scoped

    return {
        "as_of": (AsOfContract, check_as_of),
        "clock": (ClockContract, check_clock),
        "expiry": (ExpiryContract, check_expiry),
        "ordered": (OrderedContract, check_ordered),
        "persisted": (PersistedContract, check_persisted),
        "scoped": (ScopedContract, check_scoped),
    }


class _Loading(Mapping[str, Kind]):
    """The kinds by name. Looking one up loads its verifiers; counting and naming them does not."""

    def __init__(self, loaders: Mapping[str, Callable[[], Rules]]) -> None:
        self._loaders = loaders
        self._loaded: dict[str, Rules] = {}

    def __getitem__(self, kind: str) -> Kind:
        structures = {rule: structure for rule, (structure, _) in self.rules(kind).items()}
        return structures.get("", structures)

    def __contains__(self, kind: object) -> bool:
        return kind in self._loaders

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaders)

    def __len__(self) -> int:
        return len(self._loaders)

    def rules(self, kind: str) -> Rules:
        """The rules of a kind with their verifiers. Raises KeyError."""
        if kind not in self._loaded:
            self._loaded[kind] = self._loaders[kind]()
        return self._loaded[kind]


KINDS = _Loading(
    {
        "topology": _topology,
        "imports": _imports,
        "ordering": _ordering,
        "storage": _storage,
        "events": _events,
        "registry": _registry,
        "effects": _effects,
        "declarations": _declarations,
        "shape": _shape,
        "reads": _reads,
    }
)
"""Kind, and where a kind has several, rule: the structure its contracts are read into."""
