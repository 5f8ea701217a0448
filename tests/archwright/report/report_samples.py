"""A report with PASS, WARN and FAIL, made by the gate from findings given as data, and the source they point into."""

from __future__ import annotations

from datetime import date

from archwright.contracts.errors import ContractError
from archwright.contracts.language import Contract
from archwright.gate.results import FileCounts, Limit, Report, ReportedFinding, Suppression, build_report
from archwright.model import CheckResult, Finding, Location, Outcome, Step
from archwright.report.source_lines import SourceLines

PRICING = "src/shop/engines/pricing.py"
FILES = {
    PRICING: b"import json\n\nfrom shop.drivers import orders as store  # engines decide\n\n\n"
    b"def load(name: str) -> object:\n    return import_module(name)\n",
    "src/shop/api/routes.py": b"def route(request):\n    audit(request)\n    save(request)\n",
    "contracts/rules.yaml": b"contracts:\n  - id: clean\n    kind: imports\n  - id: breaks\n    kind: ordering\n",
}


def source() -> SourceLines:
    """The lines of ``FILES``."""

    def read(path: str) -> bytes:
        if path not in FILES:
            raise FileNotFoundError(2, "No such file or directory", path)
        return FILES[path]

    return SourceLines(read)


def _rules(line: int) -> Location:
    return Location("contracts/rules.yaml", line, 5, line + 1, 18)


DOMAINS = Contract(
    id="no-drivers",
    kind="imports",
    why="Engines decide; they do not <query>.",
    fix="Let the *spine* pass\n  the rows in.",
    owner="team-orders",
    origin=Location("contracts/rules.yaml", 6, 5),
)
CLEAN = Contract(id="clean", kind="imports", why="Because.", fix="Do.", origin=_rules(2))
BREAKS = Contract(id="breaks", kind="ordering", why="Because.", fix="Repair archwright.", origin=_rules(4))
AUDIT = Contract(
    id="audit-first",
    kind="ordering",
    why="Every write is audited.",
    fix="Audit before you save.",
    severity="warn",
)

FINDINGS = (
    Finding(
        "no-drivers",
        "forbidden-import",
        ("shop.engines.pricing", "shop.drivers.orders"),
        Outcome.FAIL,
        "`shop.engines.pricing` imports `shop.drivers.orders`",
        Location(PRICING, 3, 26, 3, 32),
        (
            Step("`shop.drivers` is imported here", Location(PRICING, 3, 6)),
            Step("`shop.drivers.__init__` passes it on"),
        ),
    ),
    Finding(
        "no-drivers",
        "forbidden-import",
        ("shop.engines.pricing", "shop.drivers.orders"),
        Outcome.FAIL,
        "`shop.engines.pricing` imports `shop.drivers.orders` (local)",
        Location(PRICING, 7, 5, 7, 31),
    ),
    Finding(
        "no-drivers",
        "undecided-import",
        ("shop.engines.pricing.load", "import_module(?)"),
        Outcome.UNDECIDED,
        "`shop.engines.pricing` imports a module by a name that is not constant; where that leads cannot be told",
        Location(PRICING, 7, 12, 7, 31),
    ),
)
LATE = Finding(
    "audit-first",
    "order",
    ("shop.api.routes.route",),
    Outcome.FAIL,
    "__save__ can run first",
    Location("src/shop/api/routes.py", 3, 5),
)
CRASH = Finding(
    "breaks",
    "verifier-crashed",
    ("KeyError",),
    Outcome.FAIL,
    "the verifier crashed (KeyError), so `breaks` is not decided",
    BREAKS.origin,
)


def report(strict: bool = False) -> Report:
    """Every contract, with findings of each verdict."""
    return build_report(
        [
            (DOMAINS, CheckResult("no-drivers", "imports", 1204, 1201, FINDINGS)),
            (CLEAN, CheckResult("clean", "imports", 12, 12)),
            (AUDIT, CheckResult("audit-first", "ordering", 3, 2, (LATE,))),
            (BREAKS, CheckResult("breaks", "ordering", 0, 0, (CRASH,))),
        ],
        tool_version="1.2.3",
        contract_digest="0" * 32,
        strict=strict,
        files=FileCounts(48, 1),
    )


def clean_report() -> Report:
    """One contract that holds."""
    return build_report(
        [(CLEAN, CheckResult("clean", "imports", 1, 1))],
        tool_version="1.2.3",
        contract_digest="0" * 32,
        strict=True,
        files=FileCounts(1, 0),
    )


def warning_report(strict: bool) -> Report:
    """One contract with a WARN."""
    return build_report(
        [(AUDIT, CheckResult("audit-first", "ordering", 3, 2, (LATE,)))],
        tool_version="1.2.3",
        contract_digest="0" * 32,
        strict=strict,
        files=FileCounts(2, 0),
    )


WAIVED = Finding(
    "no-drivers",
    "forbidden-import",
    ("shop.engines.stock", "shop.drivers.items"),
    Outcome.FAIL,
    "`shop.engines.stock` imports `shop.drivers.items`",
    Location("src/shop/engines/stock.py", 1, 8, 1, 26),
)
BASELINED = Finding(
    "audit-first",
    "order",
    ("shop.api.old.route",),
    Outcome.FAIL,
    "save can run first",
    Location("src/shop/api/old.py", 9, 5),
)
SUPPRESSIONS = {
    WAIVED.identity: Suppression(
        "waiver",
        Location("contracts/waivers.yaml", 3, 5, 7, 20),
        "team <orders>",
        "the stock | moves\n next month",
        date(2026, 12, 31),
    ),
    BASELINED.identity: Suppression("baseline", Location("contracts/baseline.txt", 4)),
}
ERRORS = (
    ContractError("unknown key `form`", "contracts/a.yaml", 3, 5, "did you mean <from>?"),
    ContractError("holds no contract file (*.yaml)", "contracts"),
)


def suppressed_report(strict: bool = False) -> Report:
    """Findings that count, beside one that is waived and one in the baseline; limited to a change."""

    def lies_in(finding: ReportedFinding) -> bool:
        return finding.evidence != "undecided-import"

    return build_report(
        [
            (DOMAINS, CheckResult("no-drivers", "imports", 1205, 1201, (*FINDINGS, WAIVED))),
            (AUDIT, CheckResult("audit-first", "ordering", 4, 2, (LATE, BASELINED))),
        ],
        tool_version="1.2.3",
        contract_digest="0" * 32,
        strict=strict,
        files=FileCounts(48, 0),
        suppressed=SUPPRESSIONS,
        limit=Limit("since main", 3, lies_in, lambda _finding: False),
    )
