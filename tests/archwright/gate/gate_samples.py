"""A small kind of contract, a verifier for it that works on real facts, and projects to try the gate on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from msgspec import field

from archwright.contracts.language import Contract, Selector, Subject
from archwright.contracts.loader import Kinds
from archwright.gate.results import Report
from archwright.gate.run import run
from archwright.model import CheckResult, Finding, Outcome
from archwright.project.analysis import Analysis


class BannedContract(Contract, frozen=True, kw_only=True):
    """What some modules must not import."""

    from_: Selector = field(name="from")
    name: str = "nothing"
    functions: Selector | None = None


KINDS: Kinds = {"banned": BannedContract}


def check(contract: Contract, analysis: Analysis) -> CheckResult:
    """Judges every import of the selected modules. Raises for the name ``crash``."""
    assert isinstance(contract, BannedContract)
    if contract.name == "crash":
        raise LookupError("at 0x7f0000000000")
    findings: list[Finding] = []
    passed = 0
    for module in analysis.project.modules:
        if not contract.from_.matches(Subject(module=module, unit=analysis.project.unit(module))):
            continue
        for edge in analysis.imports(module):
            if edge.target.partition(".")[0] == contract.name:
                symbols = (module, edge.target)
                message = f"`{module}` imports `{edge.target}`"
                findings.append(
                    Finding(contract.id, "banned-import", symbols, Outcome.FAIL, message, edge.location)
                )
            else:
                passed += 1
        for lost in analysis.unresolved_imports(module):
            message = f"`{module}` imports something"
            findings.append(
                Finding(contract.id, "undecided-import", (module,), Outcome.UNDECIDED, message, lost.location)
            )
    return CheckResult(contract.id, contract.kind, passed + len(findings), passed, tuple(findings))


TOPOLOGY = """\
topology:
  roots: src
  cover: "shop.**"
  layers:
    - {id: API, name: API, modules: "shop.api.{domain}.**", contract: "translates"}
    - {id: Engines, name: Engines, modules: "shop.engines.{domain}.**", contract: "decides"}
    - {id: Old, name: Old, modules: "shop.old.**", contract: "abolished", expect: none}
  wiring:
    API: {should: Engines}
    Engines: {must_not: API}
"""

CODE = {
    "src/shop/api/orders/routes.py": "from shop.engines.orders.pricing import Pricing, total\n",
    "src/shop/engines/orders/pricing.py": """\
        import json

        CATALOGUE = object()

        class Base:
            def price(self): ...

        class Pricing(Base):
            def run(self): ...

        def total(): ...
        """,
    "src/shop/engines/orders/__init__.py": "from shop.engines.orders.pricing import total\n",
}


def contract(id: str = "no-json", **keys: object) -> str:
    """One contract of the sample kind, as a line of YAML; *keys* in YAML's flow style."""
    values = {"from": '{module: "shop.**"}', "name": "json", **keys}
    written = ", ".join(f"{key}: {value}" for key, value in values.items())
    return f"  - {{id: {id}, kind: banned, why: because, fix: change it, {written}}}\n"


def write(project: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes files given by path; text is dedented."""
    for path, content in files.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return project


def shop(
    project: Path, *contracts: str, files: Mapping[str, str | bytes] = {}, topology: str = TOPOLOGY
) -> Path:
    """The sample project with *contracts* (default: one that finds something) and additional *files*."""
    rules = "contracts:\n" + "".join(contracts or (contract(),))
    config = {"contracts/topology.yaml": topology, "contracts/rules.yaml": rules}
    return write(project, {**config, **CODE, **files})


def decide(project: Path, **options: Any) -> Report:
    """Runs the sample kind over a project."""
    return run(project, **{"kinds": KINDS, "check": check, **options})
