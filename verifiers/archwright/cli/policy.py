"""What a run lets count: the day, the baseline, and the change a report is limited to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

import click
import msgspec

from archwright.cli.project import ProjectOptions
from archwright.contracts.language import ContractErrors
from archwright.gate.baseline import read_baseline
from archwright.gate.policy import Change, Policy
from archwright.gate.run import run
from archwright.model import Verdict
from archwright.source.git import Repository


def today() -> date:
    """The day by the clock, in UTC: the same for everyone who works on the code."""
    return datetime.now(UTC).date()


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f'"{value}" is not a day; write it like 2026-12-31') from None


today_option = click.option(
    "--today",
    type=_day,
    default=lambda: today().isoformat(),
    metavar="YYYY-MM-DD",
    help="The day by which waivers expire; default: the clock, in UTC.",
)


def policy_of(options: ProjectOptions, today: date, change: Change | None = None) -> Policy:
    """The policy of a project; raises ``ContractErrors`` for a baseline that cannot be used."""
    return Policy(today, read_baseline(options.directory, options.contract_dir), change)


@contextmanager
def in_scope(
    options: ProjectOptions, today: date, *, staged: bool, since: str | None
) -> Iterator[tuple[ProjectOptions, Change | None]]:
    """The project to check, and the change to limit the report to. Raises ``ContractErrors``.

    *staged*: the project as it is in git's index. *since*: as it is in the working tree, compared with where
    HEAD and that revision parted.
    """
    if staged and since is not None:
        raise click.UsageError("--staged and --since exclude each other")
    if not staged and since is None:
        yield options, None
        return
    repository = Repository(options.directory)
    if since is not None:
        base = repository.fork_point(since)
        paths = repository.changed_since(base)
        yield options, Change(f"since {since}", paths, _counting_at(repository, base, options, today))
        return
    head = repository.revision("HEAD") if repository.has_commits() else None
    change = Change("staged", repository.staged(), _counting_at(repository, head, options, today))
    with repository.index(options.contract_dir) as directory:
        yield msgspec.structs.replace(options, directory=directory), change


def _counting_at(
    repository: Repository, commit: str | None, options: ProjectOptions, today: date
) -> Callable[[], Mapping[str, Verdict]]:
    """Asks what counted in *commit*; nothing, where it cannot be told because its contracts cannot be used."""

    def find() -> dict[str, Verdict]:
        if commit is None:
            return {}
        with repository.commit(commit, options.contract_dir) as directory:
            before = msgspec.structs.replace(options, directory=directory)
            try:
                report = run(
                    directory,
                    contract_dir=options.contract_dir,
                    cache_dir=options.cache_dir,
                    jobs=options.jobs,
                    policy=policy_of(before, today),
                )
            except ContractErrors:
                return {}
        return {finding.identity: finding.verdict for finding in report.findings}

    return find
