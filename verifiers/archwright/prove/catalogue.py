"""Who derives the counterexamples of which contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archwright.contracts.language import Contract
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Counterexample
from archwright.prove.declarations.declarations import (
    derive_access_claims,
    derive_callers,
    derive_docstrings,
    derive_import_claims,
    derive_keys,
    derive_lifecycle,
)
from archwright.prove.declarations.events import derive_event_claims
from archwright.prove.effects import derive_blocking, derive_forbid_effects, derive_only_effects
from archwright.prove.equivalents import NAMES
from archwright.prove.events import derive_declared, derive_emitted, derive_validated, derive_validator
from archwright.prove.imports.imports import (
    derive_forbid,
    derive_gateway,
    derive_only,
    derive_resolve,
    derive_wiring,
)
from archwright.prove.imports.order import derive_acyclic, derive_layers
from archwright.prove.ordering.ordering import derive_ordering
from archwright.prove.reads import (
    derive_as_of,
    derive_clock,
    derive_expiry,
    derive_ordered,
    derive_persisted,
    derive_scoped,
)
from archwright.prove.registry.domains import derive_domains
from archwright.prove.registry.registry import (
    derive_arguments,
    derive_dispatched,
    derive_registered,
    derive_routes,
    derive_static,
    derive_wired,
)
from archwright.prove.shape.shape import derive_call_arguments, derive_returns, derive_signatures
from archwright.prove.shape.size import (
    derive_budgets,
    derive_classes,
    derive_concern,
    derive_constant,
    derive_contents,
    derive_names,
)
from archwright.prove.storage.agree import derive_agree
from archwright.prove.storage.chain import derive_chain
from archwright.prove.storage.storage import derive_table
from archwright.prove.storage.use import derive_ownership, derive_statements
from archwright.prove.topology import derive_conduct, derive_cover, derive_header, derive_naming
from archwright.verifiers.declarations.access import AccessClaimsContract
from archwright.verifiers.declarations.callers import CallersContract
from archwright.verifiers.declarations.declarations import KeysContract
from archwright.verifiers.declarations.docs import DocstringsContract
from archwright.verifiers.declarations.events import EventClaimsContract
from archwright.verifiers.declarations.imports import ImportClaimsContract
from archwright.verifiers.declarations.lifecycle import LifecycleContract
from archwright.verifiers.effects.effects import BlockingContract, ForbidEffectsContract, OnlyEffectsContract
from archwright.verifiers.events.declared import DeclaredContract
from archwright.verifiers.events.emitted import EmittedContract
from archwright.verifiers.events.validated import ValidatedContract
from archwright.verifiers.events.validator import ValidatorContract
from archwright.verifiers.imports.edges import (
    ForbidContract,
    GatewayContract,
    OnlyContract,
    WiringContract,
)
from archwright.verifiers.imports.order import AcyclicContract, LayersContract
from archwright.verifiers.imports.resolve import ResolveContract
from archwright.verifiers.ordering.ordering import OrderingContract
from archwright.verifiers.reads.clock import ClockContract
from archwright.verifiers.reads.expiry import ExpiryContract
from archwright.verifiers.reads.ordered import OrderedContract
from archwright.verifiers.reads.persisted import PersistedContract
from archwright.verifiers.reads.reads import AsOfContract
from archwright.verifiers.reads.scoped import ScopedContract
from archwright.verifiers.registry.arguments import ArgumentsContract
from archwright.verifiers.registry.dispatched import DispatchedContract
from archwright.verifiers.registry.domains import DomainsContract
from archwright.verifiers.registry.registered import RegisteredContract
from archwright.verifiers.registry.routes import RoutesContract
from archwright.verifiers.registry.static import StaticContract
from archwright.verifiers.registry.wired import WiredContract
from archwright.verifiers.shape.arguments import CallArgumentsContract
from archwright.verifiers.shape.budgets import BudgetsContract
from archwright.verifiers.shape.classes import ClassesContract
from archwright.verifiers.shape.concern import ConcernContract
from archwright.verifiers.shape.constants import ConstantContract
from archwright.verifiers.shape.contents import ContentsContract
from archwright.verifiers.shape.names import NamesContract
from archwright.verifiers.shape.returns import ReturnsContract
from archwright.verifiers.shape.signatures import SignaturesContract
from archwright.verifiers.storage.agreement import AgreeContract
from archwright.verifiers.storage.chain import ChainContract
from archwright.verifiers.storage.statements import OwnershipContract, StatementsContract
from archwright.verifiers.storage.tables import TableContract
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
