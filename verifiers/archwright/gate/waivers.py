"""What waivers cover, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from archwright.contracts.errors import suggestion
from archwright.contracts.language import Contract, Waiver
from archwright.gate.results import Decided, ReportedFinding, Suppression
from archwright.model import CheckResult, Finding, Outcome

WAIVERS = Contract(
    id="waivers",
    kind="gate",
    why="A waiver nobody answers for, or that never ends, is a hole in a contract.",
    fix="Put the finding right and remove the waiver; or state contract, symbol, owner, reason and until.",
    expect="any",
)
"""The built-in contract on waivers."""

LONGEST = timedelta(days=366)
"""How far ahead the end of a waiver may lie."""


def judge_waivers(
    waivers: Sequence[Waiver],
    findings: Collection[ReportedFinding],
    waivable: Collection[str],
    today: date,
) -> tuple[dict[str, Suppression], Decided]:
    """What *waivers* suppress, by identity, and what is wrong with them.

    *waivable*: the ids of the contracts there are. A waiver with anything wrong about it suppresses nothing.
    """
    suppressed: dict[str, Suppression] = {}
    problems: list[Finding] = []
    passed = 0
    for waiver in waivers:
        covered = [f for f in findings if waiver.covers(f.contract, f.symbols)]
        fresh = [f for f in covered if f.identity not in suppressed]
        found = [
            *_incomplete(waiver),
            *_ended(waiver, today),
            *_misses(waiver, covered, fresh, waivable, suppressed),
            *_wide(waiver, fresh, today),
        ]
        problems += found
        if found:
            continue
        passed += 1
        end = waiver.until.date if waiver.until is not None else None
        suppression = Suppression("waiver", waiver.origin, waiver.owner, waiver.reason, end)
        suppressed.update({f.identity: suppression for f in fresh})
    return suppressed, (
        WAIVERS,
        CheckResult(WAIVERS.id, WAIVERS.kind, len(waivers), passed, tuple(problems)),
    )


def _incomplete(waiver: Waiver) -> Iterator[Finding]:
    stated = {"owner": waiver.owner, "reason": waiver.reason, "until": waiver.until}
    missing = [f'"{key}"' for key, value in stated.items() if value is None]
    if missing:
        yield _finding(waiver, "unnamed-waiver", f"does not state {' and '.join(missing)}")


def _ended(waiver: Waiver, today: date) -> Iterator[Finding]:
    if waiver.until is not None and waiver.until.date < today:
        yield _finding(waiver, "expired-waiver", f"has expired: it held until {waiver.until}")


def _misses(
    waiver: Waiver,
    covered: Sequence[ReportedFinding],
    fresh: Sequence[ReportedFinding],
    waivable: Collection[str],
    suppressed: dict[str, Suppression],
) -> Iterator[Finding]:
    if waiver.contract not in waivable:
        hint = suggestion(waiver.contract, waivable, "contracts")
        yield _finding(waiver, "unmatched-waiver", f"names no contract that can be waived; {hint}")
    elif not covered:
        yield _finding(waiver, "unmatched-waiver", "covers no finding; remove it, or name what it is about")
    elif not fresh:
        first = suppressed[covered[0].identity].location
        yield _finding(waiver, "unmatched-waiver", f"covers what {first.path}:{first.line} covers already")


def _wide(waiver: Waiver, fresh: Sequence[ReportedFinding], today: date) -> Iterator[Finding]:
    if not waiver.symbol.strip("*. ->"):
        yield _finding(waiver, "wide-waiver", "is about every symbol; name the one it is about")
    elif fresh and len(fresh) != waiver.findings:
        what = ", ".join(sorted(f"`{' -> '.join(f.symbols)}`" for f in fresh)[:3])
        more = ", ..." if len(fresh) > 3 else ""
        yield _finding(
            waiver,
            "wide-waiver",
            f"is for {_findings(waiver.findings)} and covers {len(fresh)}: {what}{more}; "
            f"narrow it, or write findings: {len(fresh)}",
        )
    if waiver.until is not None and waiver.until.date - today > LONGEST:
        latest = today + LONGEST
        yield _finding(waiver, "wide-waiver", f"holds too long: until {waiver.until}; at most until {latest}")


def _findings(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def _finding(waiver: Waiver, evidence: str, problem: str) -> Finding:
    message = f"the waiver of `{waiver.contract}` for `{waiver.symbol}` {problem}"
    symbols = (str(waiver.contract), str(waiver.symbol))
    return Finding(WAIVERS.id, evidence, symbols, Outcome.FAIL, message, waiver.origin)
