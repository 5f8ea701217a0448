"""Migration chains: one line from the first revision to the one head, each replayable, each really undone by its downgrade."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from archwright.contracts.language import Pattern
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.storage.migrations import Replay
from archwright.project.storage.revisions import Revision
from archwright.verifiers.storage.storage import Ledger, StorageContract, selected_modules

_BACK = {
    "differs": ("downgrade-differs", "is not undone by its downgrade: {detail}"),
    "refuses": ("downgrade-refused", "has a downgrade the database refuses: {detail}"),
    "fails": ("downgrade-fails", "has a downgrade that raises: {detail}"),
    "missing": ("downgrade-missing", "has no downgrade"),
    "raises": ("declared-irreversible", "says itself that it cannot be undone"),
}


class ChainContract(StorageContract, frozen=True, kw_only=True):
    """Revisions form one chain; replaying each works, and replaying its downgrade restores what was."""

    reversible: Annotated[bool, Meta(description="Whether every downgrade must undo its upgrade")] = True
    irreversible: Annotated[
        tuple[Pattern, ...], Meta(description="Ids of revisions that cannot be undone and say so")
    ] = ()
    max_id_length: Annotated[
        int | None, Meta(description="How long an id may be; Alembic's own version table holds 32 characters")
    ] = None


def check_chain(contract: ChainContract, analysis: Analysis) -> CheckResult:
    """Judges the graph of revisions, then each revision by what it does to the schema on each dialect."""
    ledger = Ledger(contract)
    modules = list(selected_modules(contract.migrations, analysis))
    revisions = analysis.storage.revisions(modules)
    _judge_graph(contract, revisions, ledger)
    for dialect in contract.dialects:
        for replay in analysis.storage.history(modules, dialect).replays:
            _judge_replay(contract, replay, dialect, ledger)
    return ledger.tell().result()


def _judge_graph(contract: ChainContract, revisions: tuple[Revision, ...], ledger: Ledger) -> None:
    first: dict[str, Revision] = {}
    for revision in revisions:
        name = revision.id
        if name is None:
            message = f"the id of `{revision.module}` is not a constant"
            ledger.undecided("revision-not-constant", (revision.module,), message, revision.at)
        elif name in first:
            message = f"revision `{name}` exists twice: in `{first[name].module}` and in `{revision.module}`"
            ledger.failed("duplicate-revision", (name, revision.module), message, revision.at)
        elif contract.max_id_length is not None and len(name) > contract.max_id_length:
            message = f"revision id `{name}` has {len(name)} characters; {contract.max_id_length} are allowed"
            ledger.failed("revision-id-too-long", (name,), message, revision.at)
        else:
            ledger.passed("id", name)
        if name is not None:
            first.setdefault(name, revision)
    children = {parent for r in revisions for parent in r.parents or ()}
    for revision in revisions:
        name = revision.id or revision.module
        if revision.parents is None:
            message = f"what `{name}` revises is not a constant"
            ledger.undecided("parent-not-constant", (name,), message, revision.parents_at)
            continue
        missing = [p for p in revision.parents if p not in first]
        for parent in missing:
            message = f"`{name}` revises `{parent}`, which does not exist"
            ledger.failed("missing-parent", (name, parent), message, revision.parents_at)
        if not missing:
            ledger.passed("parents", name)
    if not revisions or any(r.id is None or r.parents is None for r in revisions):
        return
    heads = [r for r in first.values() if r.id not in children]
    roots = [r for r in first.values() if not r.parents]
    for what, ends in (("heads", heads), ("roots", roots)):
        names = tuple(sorted(r.id or "" for r in ends))
        if len(ends) == 1:
            ledger.passed(what)
        elif not ends:
            ledger.failed(
                "revision-cycle",
                tuple(sorted(first)),
                f"the chain has no {what[:-1]}: it is a circle",
                revisions[0].at,
            )
            return
        else:
            last = max(ends, key=lambda r: r.id or "")
            shown = ", ".join(f"`{n}`" for n in names)
            ledger.failed(
                f"several-{what}", names, f"the chain has {len(ends)} {what}: {shown}", last.parents_at
            )


def _judge_replay(contract: ChainContract, replay: Replay, dialect: str, ledger: Ledger) -> None:
    name = replay.revision.id or replay.revision.module
    for conflict in replay.conflicts:
        message = f"`{name}` fails: {conflict.message}"
        ledger.failed("refused-operation", (name, conflict.message), message, conflict.at, dialect)
    if replay.doubt is not None:
        message = f"what `{name}` does cannot be told: {replay.doubt.reason}"
        ledger.undecided("operation-not-followed", (name,), message, replay.doubt.at, dialect)
    elif not replay.conflicts:
        ledger.passed("upgrade", name)
    if not contract.reversible:
        return
    exempt = any(pattern.match(name) is not None for pattern in contract.irreversible)
    if replay.back == "inverse":
        if exempt:
            message = f"`{name}` is exempt as irreversible, and its downgrade undoes it"
            ledger.failed("stale-exemption", (name,), message, replay.revision.at, dialect)
        else:
            ledger.passed("downgrade", name)
    elif replay.back == "undecided":
        if replay.doubt is None:
            message = f"whether `{name}` is undone cannot be told: {replay.detail}"
            ledger.undecided(
                "downgrade-not-followed", (name,), message, replay.back_at or replay.revision.at, dialect
            )
    elif exempt and replay.back == "raises":
        ledger.passed("downgrade", name)
    else:
        evidence, message = _BACK[replay.back]
        text = f"`{name}` {message.format(detail=replay.detail)}"
        ledger.failed(evidence, (name,), text, replay.back_at or replay.revision.at, dialect)
