"""Imports as headers declare them: what is allowed covers what is imported, what is forbidden is not, and the matrix agrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta

from archwright.contracts.language import EdgeSelector, Located, Problem, Subject
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.headers import Claim, Item, items, named
from archwright.project.imports import ImportEdge
from archwright.verifiers.declarations.declarations import (
    DeclarationsContract,
    Words,
    header_line,
    module_subject,
    modules_with_code,
    only_claim,
    words_of,
)
from archwright.verifiers.ends import edge_ends, end_name, is_stdlib
from archwright.verifiers.imports.imports import Mode, report_undecided
from archwright.verifiers.tally import Tally

_EVERYTHING = frozenset({"all", "any", "everything"})
_STDLIB = frozenset({"stdlib", "<stdlib>"})


class ImportClaimsContract(DeclarationsContract, frozen=True, kw_only=True):
    """What a header allows and forbids the module to import is what it does, and what the import matrix says."""

    allowed_key: Annotated[Located | None, Meta(description="The header key with what may be imported")] = (
        None
    )
    forbidden_key: Annotated[Located | None, Meta(description="The header key with what must not be")] = None
    words: Annotated[
        Mapping[Located, EdgeSelector],
        Meta(
            description="What words in headers stand for, besides the ids of layers: {L5: {layer: [L5, L5_schemas]}}"
        ),
    ] = {}
    implied: Annotated[
        tuple[Literal["stdlib", "own-layer", "own-package"], ...],
        Meta(description="What every module may import without saying so"),
    ] = ("stdlib", "own-layer")
    also: Annotated[
        EdgeSelector | None,
        Meta(description="What else these modules may import without saying so: {package: pydantic}"),
    ] = None
    except_modes: Annotated[
        tuple[Mode, ...], Meta(description="Ways of importing that need no permission, e.g. type-only")
    ] = ()
    matrix: Annotated[
        bool, Meta(description="Whether headers must not allow what the import matrix forbids")
    ] = True

    def problems(self) -> list[Problem]:
        """A contract that compares nothing."""
        if self.allowed_key is not None or self.forbidden_key is not None:
            return []
        message = f'contract "{self.id}" compares nothing'
        return [Problem(self.origin, message, 'give "allowed_key", "forbidden_key" or both')]


def check_import_claims(contract: ImportClaimsContract, analysis: Analysis) -> CheckResult:
    """Judges every claim against every import, in every mode; what only types need may be said to be forbidden at runtime."""
    tally = Tally(contract)
    words = words_of({str(word): group for word, group in contract.words.items()}, analysis)
    for module in modules_with_code(contract.units, analysis):
        allowed = forbidden = None
        if contract.allowed_key is not None:
            allowed = only_claim(module, contract.allowed_key, analysis, tally)
            if allowed is not None:
                _judge_allowed(contract, module, allowed, words, analysis, tally)
        if contract.forbidden_key is not None:
            forbidden = only_claim(module, contract.forbidden_key, analysis, tally)
            if forbidden is not None:
                _judge_forbidden(module, forbidden, words, analysis, tally)
        if allowed is not None or forbidden is not None:
            report_undecided(tally, contract.except_modes, analysis, module)
    return tally.result()


def _judge_allowed(
    contract: ImportClaimsContract, module: str, claim: Claim, words: Words, analysis: Analysis, tally: Tally
) -> None:
    own = module_subject(module, analysis)
    listed = items(claim.value, words.known)
    seen: set[str] = set()
    for edge in analysis.imports(module):
        if edge.mode in contract.except_modes:
            continue
        for end in edge_ends(edge, analysis)[:1]:
            if _implied(contract, end, own) or any(_covers(item, end, own, words) for item in listed):
                tally.passed()
            elif end_name(end) not in seen:
                seen.add(end_name(end))
                message = f"`{module}` imports `{end_name(end)}`, which its header does not allow"
                tally.failed("undeclared-import", (module, end_name(end)), message, edge.location)
    if contract.matrix:
        for item in listed:
            _judge_matrix(item, own, claim, words, analysis, tally)


def _judge_forbidden(module: str, claim: Claim, words: Words, analysis: Analysis, tally: Tally) -> None:
    own = module_subject(module, analysis)
    listed = items(claim.value, words.known)
    for item in listed:
        hit = _first_hit(item, module, own, words, analysis)
        if hit is None:
            tally.passed()
            continue
        edge, end = hit
        message = f"`{module}` imports `{end_name(end)}`, although its header forbids {item.text}"
        tally.failed("forbidden-by-header", (module, item.text, end_name(end)), message, edge.location)
    if not listed:
        tally.passed()


def _first_hit(
    item: Item, module: str, own: Subject, words: Words, analysis: Analysis
) -> tuple[ImportEdge, Subject] | None:
    for edge in analysis.imports(module):
        if item.runtime and edge.mode == "type-only":
            continue
        for end in edge_ends(edge, analysis):
            if end.module == module:
                continue
            if item.text.casefold() in _EVERYTHING and not _is_stdlib(end):
                return edge, end
            if _covers(item, end, own, words):
                return edge, end
    return None


def _judge_matrix(
    item: Item, own: Subject, claim: Claim, words: Words, analysis: Analysis, tally: Tally
) -> None:
    """A header that allows a whole layer the matrix denies is a claim nobody may act on."""
    if own.unit is None or item.group not in words.layers or item.name:
        return
    rows = [t.wiring[row] for t in analysis.project.topologies for row in t.wiring if row == own.unit.layer]
    if any(item.group in row.must_not for row in rows) and item.group != own.unit.layer:
        module = own.module or ""
        message = (
            f"the header of `{module}` allows {item.group}, which the import matrix forbids {own.unit.layer}"
        )
        at: Location = header_line(analysis, module, claim.line)
        tally.failed("allows-what-the-matrix-forbids", (module, item.group), message, at)
    else:
        tally.passed()


def _implied(contract: ImportClaimsContract, end: Subject, own: Subject) -> bool:
    if "stdlib" in contract.implied and _is_stdlib(end):
        return True
    if contract.also is not None and contract.also.matches(end, own):
        return True
    if end.module is None or own.module is None:
        return False
    if "own-layer" in contract.implied and end.unit is not None and end.unit == own.unit:
        return True
    return (
        "own-package" in contract.implied and end.module.rpartition(".")[0] == own.module.rpartition(".")[0]
    )


def _covers(item: Item, end: Subject, own: Subject, words: Words) -> bool:
    """Whether an item of a header stands for an end of an import."""
    if item.group:
        return words.meant(item, end, own)
    if item.text.casefold() in _STDLIB:
        return _is_stdlib(end)
    if end.module is not None:
        return "." in item.name and named(item.name, end.module)
    package = end.package or ""
    return package == item.name or package.startswith(f"{item.name}.")


def _is_stdlib(end: Subject) -> bool:
    return end.package is not None and is_stdlib(end.package)
