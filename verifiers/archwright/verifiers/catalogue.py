"""The kinds of contract there are, and who decides each. Verifiers are loaded when a contract asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from archwright.contracts.language import Contract
from archwright.contracts.loader import Kinds
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.verifiers.declarations import KeysContract, check_keys
from archwright.verifiers.declarations_access import AccessClaimsContract, check_access_claims
from archwright.verifiers.declarations_callers import CallersContract, check_callers
from archwright.verifiers.declarations_docs import DocstringsContract, check_docstrings
from archwright.verifiers.declarations_events import EventClaimsContract, check_event_claims
from archwright.verifiers.declarations_imports import ImportClaimsContract, check_import_claims
from archwright.verifiers.declarations_lifecycle import LifecycleContract, check_lifecycle
from archwright.verifiers.effects import (
    BlockingContract,
    ForbidEffectsContract,
    OnlyEffectsContract,
    check_blocking,
    check_forbid_effects,
    check_only_effects,
)
from archwright.verifiers.events_declared import DeclaredContract, check_declared
from archwright.verifiers.events_emitted import EmittedContract, check_emitted
from archwright.verifiers.events_validated import ValidatedContract, check_validated
from archwright.verifiers.events_validator import ValidatorContract, check_validator
from archwright.verifiers.import_order import (
    AcyclicContract,
    LayersContract,
    check_acyclic,
    check_layers,
)
from archwright.verifiers.imports import (
    ForbidContract,
    GatewayContract,
    OnlyContract,
    ResolveContract,
    WiringContract,
    check_forbid,
    check_gateway,
    check_only,
    check_resolve,
    check_wiring,
)
from archwright.verifiers.ordering import OrderingContract, check_ordering
from archwright.verifiers.reads import AsOfContract, check_as_of
from archwright.verifiers.reads_clock import ClockContract, check_clock
from archwright.verifiers.reads_expiry import ExpiryContract, check_expiry
from archwright.verifiers.reads_ordered import OrderedContract, check_ordered
from archwright.verifiers.reads_persisted import PersistedContract, check_persisted
from archwright.verifiers.reads_scoped import ScopedContract, check_scoped
from archwright.verifiers.registry_arguments import ArgumentsContract, check_arguments
from archwright.verifiers.registry_domains import DomainsContract, check_domains
from archwright.verifiers.registry_operations import (
    DispatchedContract,
    RegisteredContract,
    check_dispatched,
    check_registered,
)
from archwright.verifiers.registry_routes import RoutesContract, check_routes
from archwright.verifiers.registry_static import StaticContract, check_static
from archwright.verifiers.registry_wired import WiredContract, check_wired
from archwright.verifiers.shape_arguments import CallArgumentsContract, check_call_arguments
from archwright.verifiers.shape_budgets import BudgetsContract, check_budgets
from archwright.verifiers.shape_classes import ClassesContract, check_classes
from archwright.verifiers.shape_concern import ConcernContract, check_concern
from archwright.verifiers.shape_constants import ConstantContract, check_constant
from archwright.verifiers.shape_contents import ContentsContract, check_contents
from archwright.verifiers.shape_names import NamesContract, check_names
from archwright.verifiers.shape_returns import ReturnsContract, check_returns
from archwright.verifiers.shape_signatures import SignaturesContract, check_signatures
from archwright.verifiers.storage_agreement import AgreeContract, check_agree
from archwright.verifiers.storage_chain import ChainContract, check_chain
from archwright.verifiers.storage_statements import (
    OwnershipContract,
    StatementsContract,
    check_ownership,
    check_statements,
)
from archwright.verifiers.storage_tables import TableContract, check_table
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

KINDS: Kinds = {
    "topology": {
        "cover": CoverContract,
        "header": HeaderContract,
        "naming": NamingContract,
        "conduct": ConductContract,
    },
    "imports": {
        "wiring": WiringContract,
        "forbid": ForbidContract,
        "only": OnlyContract,
        "gateway": GatewayContract,
        "resolve": ResolveContract,
        "layers": LayersContract,
        "acyclic": AcyclicContract,
    },
    "ordering": OrderingContract,
    "storage": {
        "chain": ChainContract,
        "agree": AgreeContract,
        "table": TableContract,
        "statements": StatementsContract,
        "ownership": OwnershipContract,
    },
    "events": {
        "declared": DeclaredContract,
        "emitted": EmittedContract,
        "validated": ValidatedContract,
        "validator": ValidatorContract,
    },
    "registry": {
        "registered": RegisteredContract,
        "dispatched": DispatchedContract,
        "arguments": ArgumentsContract,
        "domains": DomainsContract,
        "routes": RoutesContract,
        "wired": WiredContract,
        "static": StaticContract,
    },
    "effects": {
        "forbid": ForbidEffectsContract,
        "only": OnlyEffectsContract,
        "blocking": BlockingContract,
    },
    "declarations": {
        "access": AccessClaimsContract,
        "callers": CallersContract,
        "docstrings": DocstringsContract,
        "events": EventClaimsContract,
        "imports": ImportClaimsContract,
        "keys": KeysContract,
        "lifecycle": LifecycleContract,
    },
    "shape": {
        "arguments": CallArgumentsContract,
        "budgets": BudgetsContract,
        "classes": ClassesContract,
        "concern": ConcernContract,
        "constant": ConstantContract,
        "contents": ContentsContract,
        "names": NamesContract,
        "returns": ReturnsContract,
        "signatures": SignaturesContract,
    },
    "reads": {
        "as_of": AsOfContract,
        "clock": ClockContract,
        "expiry": ExpiryContract,
        "ordered": OrderedContract,
        "persisted": PersistedContract,
        "scoped": ScopedContract,
    },
}
"""Kind, and where a kind has several, rule: the structure its contracts are read into."""

_VERIFIERS: Mapping[type[Contract], Callable[[Any, Analysis], CheckResult]] = {
    AcyclicContract: check_acyclic,
    AsOfContract: check_as_of,
    ClockContract: check_clock,
    ExpiryContract: check_expiry,
    OrderedContract: check_ordered,
    PersistedContract: check_persisted,
    ScopedContract: check_scoped,
    ArgumentsContract: check_arguments,
    DeclaredContract: check_declared,
    DispatchedContract: check_dispatched,
    DomainsContract: check_domains,
    EmittedContract: check_emitted,
    ValidatedContract: check_validated,
    ValidatorContract: check_validator,
    RegisteredContract: check_registered,
    RoutesContract: check_routes,
    StaticContract: check_static,
    WiredContract: check_wired,
    BlockingContract: check_blocking,
    AgreeContract: check_agree,
    OwnershipContract: check_ownership,
    StatementsContract: check_statements,
    TableContract: check_table,
    ChainContract: check_chain,
    ConductContract: check_conduct,
    CoverContract: check_cover,
    ForbidContract: check_forbid,
    ForbidEffectsContract: check_forbid_effects,
    GatewayContract: check_gateway,
    HeaderContract: check_header,
    LayersContract: check_layers,
    NamingContract: check_naming,
    OnlyContract: check_only,
    OnlyEffectsContract: check_only_effects,
    OrderingContract: check_ordering,
    ResolveContract: check_resolve,
    WiringContract: check_wiring,
    AccessClaimsContract: check_access_claims,
    CallersContract: check_callers,
    DocstringsContract: check_docstrings,
    EventClaimsContract: check_event_claims,
    ImportClaimsContract: check_import_claims,
    KeysContract: check_keys,
    LifecycleContract: check_lifecycle,
    CallArgumentsContract: check_call_arguments,
    BudgetsContract: check_budgets,
    ClassesContract: check_classes,
    ConcernContract: check_concern,
    ConstantContract: check_constant,
    ContentsContract: check_contents,
    NamesContract: check_names,
    ReturnsContract: check_returns,
    SignaturesContract: check_signatures,
}


def check(contract: Contract, analysis: Analysis) -> CheckResult:
    """Decides one contract. Raises KeyError for a kind that is not in ``KINDS``."""
    return _VERIFIERS[type(contract)](contract, analysis)
