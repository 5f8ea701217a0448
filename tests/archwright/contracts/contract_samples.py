"""Small contract kinds, and a topology and contracts written in them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from archwright.contracts.language import Contract, EdgeSelector, Requirement, Selector
from archwright.contracts.loader import Kinds


class ImportsContract(Contract, frozen=True, kw_only=True):
    """Which imports are forbidden."""

    from_: Annotated[Selector, Meta(description="say whose imports are meant")] = field(name="from")
    deny: tuple[EdgeSelector, ...]


class BudgetContract(Contract, frozen=True, kw_only=True):
    """How large a module may be."""

    rule: str
    modules: Selector
    lines: int
    blank: bool = False


class NamingContract(Contract, frozen=True, kw_only=True):
    """How functions are called."""

    function: Selector


class OrderingContract(Contract, frozen=True, kw_only=True):
    """What must have happened before a call."""

    sink: Selector
    dominated_by: Requirement


KINDS: Kinds = {
    "imports": ImportsContract,
    "shape": {"budget": BudgetContract, "naming": NamingContract},
    "ordering": OrderingContract,
}

TOPOLOGY = """\
topology:
  roots: src
  cover: "app.**"
  exclude: ["src/app/generated/**"]
  layers:
    - {id: L2, name: API, modules: "app.api.{audience}.{domain}.**", contract: "Translates HTTP."}
    - {id: L5, name: Engines, modules: "app.{domain}.engines.**", contract: "Decides."}
    - id: L6
      name: Drivers
      modules: ["app.{domain}.drivers.**", "app.drivers.**"]
      excluding: "app.{domain}.drivers.legacy.**"
      contract: "Asks the database."
    - {id: L3, name: Adapters, modules: "app.adapters.**", contract: "Abolished.", expect: none}
  wiring:
    L2: {should: L5, must_not: [L6, L3]}
    L5: {should: [L6], must_not: [L2, L3], domain: same}
    L6: {}
"""

CONTRACTS = """\
contracts:
  - id: l5-no-db
    kind: imports
    from: {layer: L5}
    deny:
      - package: [sqlalchemy, asyncpg]
      - {layer: [L5, L6], domain: other}
    why: Engines decide; they do not query.
    fix: Move the query to a driver.
"""
