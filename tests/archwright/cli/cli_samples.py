"""A small project and files that break its rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

TOPOLOGY = """\
topology:
  roots: src
  cover: "shop.**"
  layers:
    - {id: API, name: API, modules: "shop.api.**", contract: "translates"}
    - {id: Engines, name: Engines, modules: "shop.engines.**", contract: "decides"}
    - {id: Drivers, name: Drivers, modules: "shop.drivers.**", contract: "asks the database"}
  wiring:
    API: {should: Engines, must_not: Drivers}
    Engines: {should: Drivers, must_not: API}
    Drivers: {must_not: [API, Engines]}
"""

RULES = """\
contracts:
  - id: layers
    kind: imports
    rule: wiring
    why: "Requests go down one layer at a time."
    fix: "Ask an engine."
    owner: team-orders

  # what follows is another contract
  - {id: covered, kind: topology, rule: cover, why: "No file escapes.", fix: "Give it a layer."}
"""

CODE = {
    "src/shop/api/orders.py": "import shop.engines.orders\n",
    "src/shop/engines/orders.py": "from shop.drivers import orders\n\nclass Engine:\n    async def run(self): orders.find()\n",
    "src/shop/drivers/orders.py": '"""Finds orders."""\nimport sqlalchemy.orm\n\ndef find(): ...\n',
}

SHORTCUT = {
    "src/shop/api/shortcut.py": "import os\n\ndef list_orders():\n    from shop.drivers.orders import find\n    return find()\n"
}
DYNAMIC = {
    "src/shop/api/late.py": "import importlib\n\ndef load(name):\n    return importlib.import_module(name)\n"
}
"""Files with a FAIL and with a WARN."""

Files = Mapping[str, str | bytes]


def write(directory: Path, files: Files) -> None:
    """Writes files given by path; text is dedented."""
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
