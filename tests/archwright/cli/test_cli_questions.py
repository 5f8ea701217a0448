"""``explain``, ``why`` and ``facts``: whole answers."""

from __future__ import annotations

import json
from collections.abc import Callable

from cli_samples import DYNAMIC, SHORTCUT
from click.testing import Result

Run = Callable[..., Result]


def test_explain_says_what_the_contract_says_and_what_it_comes_to(run: Run) -> None:
    result = run("explain", "layers", files=SHORTCUT)
    assert result.exit_code == 0
    assert result.stdout == (
        """\
layers (imports, wiring) contracts/rules.yaml:2:5
  why      Requests go down one layer at a time.
  fix      Ask an engine.
  owner    team-orders
  severity fail

  - id: layers
    kind: imports
    rule: wiring
    why: "Requests go down one layer at a time."
    fix: "Ask an engine."
    owner: team-orders

FAIL · 3 of 3 sites decided · 2 PASS, 0 WARN, 1 FAIL

src/shop/api/shortcut.py:4:37: FAIL layers: `shop.api.shortcut` (API) must not import Drivers: `shop.drivers.orders` (local)
  │
4 │     from shop.drivers.orders import find
  │                                     ^^^^
  = why: Requests go down one layer at a time.
  = fix: Ask an engine.
  = ask: team-orders
"""
    )


def test_explain_of_a_contract_on_one_line(run: Run) -> None:
    assert (
        '\n\n  - {id: covered, kind: topology, rule: cover, why: "No file escapes.", fix: "Give it a layer."}\n\n'
        in (run("explain", "covered").stdout)
    )


def test_explain_of_the_last_contract_of_a_file(run: Run) -> None:
    last = """\
        contracts:
          - id: api-asks-nobody
            kind: imports
            rule: wiring
            why: "Requests go down one layer at a time."
            fix: "Ask an engine."
        """
    stdout = run("explain", "api-asks-nobody", files={"contracts/more.yaml": last}).stdout
    assert '\n    why: "Requests go down one layer at a time."\n    fix: "Ask an engine."\n\n' in stdout


def test_explain_of_the_built_in_contract(run: Run) -> None:
    lines = run("explain", "parse").stdout.splitlines()
    assert lines[0] == "parse (topology) built in"
    assert lines[-1] == "PASS · 3 of 3 sites decided · 3 PASS, 0 WARN, 0 FAIL"


def test_why_shows_the_chain_and_its_judges(run: Run) -> None:
    result = run("why", "shop.api", "sqlalchemy", files=SHORTCUT)
    assert result.exit_code == 0
    assert result.stdout == (
        """\
shop.api.shortcut reaches sqlalchemy.orm in 2 imports
  1. shop.api.shortcut → shop.drivers.orders (local) src/shop/api/shortcut.py:4:37
     wiring: API must not import Drivers
     FAIL layers
  2. shop.drivers.orders → sqlalchemy.orm (runtime) src/shop/drivers/orders.py:2:8
"""
    )


def test_why_without_a_chain(run: Run) -> None:
    result = run("why", "shop.drivers", "shop.api")
    assert (result.exit_code, result.stdout) == (0, "no chain: nothing in shop.drivers leads to shop.api\n")


def test_facts_for_people(run: Run) -> None:
    expected = """\
shop.engines.orders src/shop/engines/orders.py
  layer Engines
  4 lines, 1 call

imports
  shop.drivers.orders (runtime) line 1

definitions
  class Engine line 3
  async function Engine.run line 4
"""
    assert run("facts", "shop.engines.orders").stdout == expected
    assert run("facts", "./src/shop/engines/orders.py").stdout == expected


def test_facts_of_a_file_that_cannot_be_parsed(run: Run) -> None:
    result = run("facts", "shop.api.broken", files={"src/shop/api/broken.py": "x = 1\ndef f(:\n"})
    assert result.exit_code == 0
    assert "  cannot be read: not valid Python (src/shop/api/broken.py:2:7)\n" in result.stdout


def test_facts_as_json(run: Run) -> None:
    facts = json.loads(run("facts", "shop.api.late", "--json", files=DYNAMIC).stdout)
    assert facts["schema_version"] == 1
    assert facts["unit"] == {"layer": "API", "captures": {}}
    assert [(i["target"], i["mode"], i["external"]) for i in facts["imports"]] == [
        ("importlib", "runtime", True)
    ]
    assert [(i["problem"], i["scope"], i["location"]["line"]) for i in facts["unresolved"]] == [
        ("undecided", "load", 4)
    ]
    assert [(d["qualname"], d["kind"], d["line"]) for d in facts["definitions"]] == [("load", "function", 3)]
    assert (facts["calls"], facts["error"], facts["exports"]) == (1, "", None)
