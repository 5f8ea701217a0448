"""A small project with contracts, for proofs."""

from __future__ import annotations

from pathlib import Path

TOPOLOGY = """
topology:
  roots: [src]
  cover: "shop.**"
  layers:
    - {id: api, name: API, modules: "shop.api.**", contract: "HTTP only"}
    - {id: engines, name: Engines, modules: "shop.engines.**", contract: "decisions"}
    - {id: drivers, name: Drivers, modules: "shop.drivers.**", contract: "queries"}
  wiring:
    api: {should: [engines], must_not: [drivers]}
    engines: {should: [drivers], must_not: [api]}
    drivers: {must_not: [api, engines]}
"""

CONTRACTS = """
contracts:
  - id: wiring
    kind: imports
    rule: wiring
    why: "w"
    fix: "f"
  - id: pay-before-ship
    kind: ordering
    sink: {call: "shop.drivers.parcels.dispatch"}
    dominated_by:
      any:
        - completed: {call: "shop.drivers.parcels.capture"}
        - raises_unless: "the order is paid"
          condition: "not order.paid"
    why: "w"
    fix: "f"
  - id: engines-know-no-time
    kind: effects
    rule: forbid
    units: {layer: engines}
    forbid: clock
    why: "w"
    fix: "f"
"""

FILES = {
    "src/shop/api/routes.py": "from shop.engines import shipping\n\n\ndef ship(order):\n    return shipping.ship(order)\n",
    "src/shop/engines/shipping.py": (
        "from shop.drivers.parcels import dispatch\n\n\n"
        "def ship(order):\n"
        "    if not order.paid:\n"
        '        raise ValueError("not paid")\n'
        "    label = order.address + order.name\n"
        "    return dispatch(label)\n"
    ),
    "src/shop/drivers/parcels.py": "def dispatch(label):\n    return [label]\n\n\ndef capture(order):\n    order.paid = True\n",
}


def write_project(directory: Path, contracts: str = CONTRACTS, files: dict[str, str] | None = None) -> Path:
    """The project, with these contracts and files, in *directory*."""
    (directory / "contracts").mkdir()
    (directory / "contracts/topology.yaml").write_text(TOPOLOGY)
    (directory / "contracts/rules.yaml").write_text(contracts)
    for path, text in (FILES if files is None else files).items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    return directory
