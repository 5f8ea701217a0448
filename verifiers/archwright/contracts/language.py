"""The vocabulary of the contract language: everything a contract kind is built from."""

from __future__ import annotations

from archwright.contracts.conditions import Condition
from archwright.contracts.contract import Contract
from archwright.contracts.convert import Problem
from archwright.contracts.errors import ContractError, ContractErrors
from archwright.contracts.mentions import Mention, mentions
from archwright.contracts.patterns import PackagePattern, PathPattern, Pattern, PatternError, SymbolPattern
from archwright.contracts.places import NOWHERE, LayerId, Located, Name
from archwright.contracts.requirements import AllOf, AnyOf, Completed, RaisesUnless, Requirement
from archwright.contracts.selectors import EdgeSelector, Selector, Subject
from archwright.contracts.topology import Expect, Layer, RootPath, Topologies, Topology, Unit, Wiring
from archwright.contracts.waivers import Day, Waiver

__all__ = [
    "NOWHERE",
    "AllOf",
    "AnyOf",
    "Completed",
    "Condition",
    "Contract",
    "ContractError",
    "ContractErrors",
    "Day",
    "EdgeSelector",
    "Expect",
    "Layer",
    "LayerId",
    "Located",
    "Mention",
    "Name",
    "PackagePattern",
    "PathPattern",
    "Pattern",
    "PatternError",
    "Problem",
    "RaisesUnless",
    "Requirement",
    "RootPath",
    "Selector",
    "Subject",
    "SymbolPattern",
    "Topologies",
    "Topology",
    "Unit",
    "Waiver",
    "Wiring",
    "mentions",
]
