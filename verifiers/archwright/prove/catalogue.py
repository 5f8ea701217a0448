"""Who derives the counterexamples of which contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archwright.contracts.language import Contract
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Counterexample
from archwright.prove.declarations import (
    derive_access_claims,
    derive_callers,
    derive_docstrings,
    derive_import_claims,
    derive_keys,
    derive_lifecycle,
)
from archwright.prove.declarations_events import derive_event_claims
from archwright.prove.effects import derive_blocking, derive_forbid_effects, derive_only_effects
from archwright.prove.equivalents import NAMES
from archwright.prove.events import derive_declared, derive_emitted, derive_validated, derive_validator
from archwright.prove.imports import derive_forbid, derive_gateway, derive_only, derive_resolve, derive_wiring
from archwright.prove.imports_order import derive_acyclic, derive_layers
from archwright.prove.ordering import derive_ordering
from archwright.prove.reads import (
    derive_as_of,
    derive_clock,
    derive_expiry,
    derive_ordered,
    derive_persisted,
    derive_scoped,
)
from archwright.prove.registry import (
    derive_arguments,
    derive_dispatched,
    derive_registered,
    derive_routes,
    derive_static,
    derive_wired,
)
from archwright.prove.registry_domains import derive_domains
from archwright.prove.shape import derive_call_arguments, derive_returns, derive_signatures
from archwright.prove.shape_size import (
    derive_budgets,
    derive_classes,
    derive_concern,
    derive_constant,
    derive_contents,
    derive_names,
)
from archwright.prove.storage import derive_table
from archwright.prove.storage_agree import derive_agree
from archwright.prove.storage_chain import derive_chain
from archwright.prove.storage_use import derive_ownership, derive_statements
from archwright.prove.topology import derive_conduct, derive_cover, derive_header, derive_naming
from archwright.verifiers.declarations import KeysContract
from archwright.verifiers.declarations_access import AccessClaimsContract
from archwright.verifiers.declarations_callers import CallersContract
from archwright.verifiers.declarations_docs import DocstringsContract
from archwright.verifiers.declarations_events import EventClaimsContract
from archwright.verifiers.declarations_imports import ImportClaimsContract
from archwright.verifiers.declarations_lifecycle import LifecycleContract
from archwright.verifiers.effects import BlockingContract, ForbidEffectsContract, OnlyEffectsContract
from archwright.verifiers.events_declared import DeclaredContract
from archwright.verifiers.events_emitted import EmittedContract
from archwright.verifiers.events_validated import ValidatedContract
from archwright.verifiers.events_validator import ValidatorContract
from archwright.verifiers.imports_edges import (
    ForbidContract,
    GatewayContract,
    OnlyContract,
    WiringContract,
)
from archwright.verifiers.imports_order import AcyclicContract, LayersContract
from archwright.verifiers.imports_resolve import ResolveContract
from archwright.verifiers.ordering import OrderingContract
from archwright.verifiers.reads import AsOfContract
from archwright.verifiers.reads_clock import ClockContract
from archwright.verifiers.reads_expiry import ExpiryContract
from archwright.verifiers.reads_ordered import OrderedContract
from archwright.verifiers.reads_persisted import PersistedContract
from archwright.verifiers.reads_scoped import ScopedContract
from archwright.verifiers.registry_arguments import ArgumentsContract
from archwright.verifiers.registry_dispatched import DispatchedContract
from archwright.verifiers.registry_domains import DomainsContract
from archwright.verifiers.registry_registered import RegisteredContract
from archwright.verifiers.registry_routes import RoutesContract
from archwright.verifiers.registry_static import StaticContract
from archwright.verifiers.registry_wired import WiredContract
from archwright.verifiers.shape_arguments import CallArgumentsContract
from archwright.verifiers.shape_budgets import BudgetsContract
from archwright.verifiers.shape_classes import ClassesContract
from archwright.verifiers.shape_concern import ConcernContract
from archwright.verifiers.shape_constants import ConstantContract
from archwright.verifiers.shape_contents import ContentsContract
from archwright.verifiers.shape_names import NamesContract
from archwright.verifiers.shape_returns import ReturnsContract
from archwright.verifiers.shape_signatures import SignaturesContract
from archwright.verifiers.storage_agreement import AgreeContract
from archwright.verifiers.storage_chain import ChainContract
from archwright.verifiers.storage_statements import OwnershipContract, StatementsContract
from archwright.verifiers.storage_tables import TableContract
from archwright.verifiers.topology import ConductContract, CoverContract, HeaderContract, NamingContract

Derive = Callable[[Any, Bench], Iterator[Counterexample]]
"""The changes after which a contract must FAIL, made from the code as it stands; deterministic, in any number."""

DERIVERS: Mapping[type[Contract], Derive] = {
    ArgumentsContract: derive_arguments,
    DispatchedContract: derive_dispatched,
    DomainsContract: derive_domains,
    RegisteredContract: derive_registered,
    RoutesContract: derive_routes,
    StaticContract: derive_static,
    WiredContract: derive_wired,
    DeclaredContract: derive_declared,
    EmittedContract: derive_emitted,
    ValidatedContract: derive_validated,
    ValidatorContract: derive_validator,
    WiringContract: derive_wiring,
    ForbidContract: derive_forbid,
    OnlyContract: derive_only,
    GatewayContract: derive_gateway,
    ResolveContract: derive_resolve,
    LayersContract: derive_layers,
    AcyclicContract: derive_acyclic,
    CoverContract: derive_cover,
    HeaderContract: derive_header,
    NamingContract: derive_naming,
    ConductContract: derive_conduct,
    OrderingContract: derive_ordering,
    ChainContract: derive_chain,
    AgreeContract: derive_agree,
    TableContract: derive_table,
    StatementsContract: derive_statements,
    OwnershipContract: derive_ownership,
    ForbidEffectsContract: derive_forbid_effects,
    OnlyEffectsContract: derive_only_effects,
    BlockingContract: derive_blocking,
    AccessClaimsContract: derive_access_claims,
    BudgetsContract: derive_budgets,
    CallArgumentsContract: derive_call_arguments,
    CallersContract: derive_callers,
    ClassesContract: derive_classes,
    ConcernContract: derive_concern,
    ConstantContract: derive_constant,
    ContentsContract: derive_contents,
    DocstringsContract: derive_docstrings,
    EventClaimsContract: derive_event_claims,
    ImportClaimsContract: derive_import_claims,
    KeysContract: derive_keys,
    LifecycleContract: derive_lifecycle,
    NamesContract: derive_names,
    ReturnsContract: derive_returns,
    SignaturesContract: derive_signatures,
    AsOfContract: derive_as_of,
    ClockContract: derive_clock,
    ExpiryContract: derive_expiry,
    OrderedContract: derive_ordered,
    PersistedContract: derive_persisted,
    ScopedContract: derive_scoped,
}

CONCERNED: Mapping[type[Contract], frozenset[str]] = {
    BudgetsContract: frozenset(NAMES),
    DocstringsContract: frozenset({"docstrings added"}),
}
"""Equivalents, by name, that change the very thing contracts of a kind are about: a budget of lines counts added comments."""
