"""Who derives the counterexamples of which contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archwright.contracts.language import Contract
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Counterexample
from archwright.prove.imports import derive_forbid, derive_gateway, derive_only, derive_resolve, derive_wiring
from archwright.verifiers.imports import (
    ForbidContract,
    GatewayContract,
    OnlyContract,
    ResolveContract,
    WiringContract,
)

Derive = Callable[[Any, Bench], Iterator[Counterexample]]
"""The changes after which a contract must FAIL, made from the code as it stands; deterministic, in any number."""

DERIVERS: Mapping[type[Contract], Derive] = {
    WiringContract: derive_wiring,
    ForbidContract: derive_forbid,
    OnlyContract: derive_only,
    GatewayContract: derive_gateway,
    ResolveContract: derive_resolve,
}

CONCERNED: Mapping[type[Contract], frozenset[str]] = {}
"""Equivalents, by name, that change the very thing contracts of a kind are about: a budget of lines counts added comments."""
