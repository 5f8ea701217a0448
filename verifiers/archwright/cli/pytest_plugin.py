"""Contracts as tests: ``pytest --archwright`` runs one item for each contract, ``contracts/imports.yaml::layer-wiring``.

Opt in on the command line or in ``addopts``. Without the option nothing of archwright is loaded. The contracts are
decided together, when the first of them is run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from archwright.cli.project import ProjectOptions
    from archwright.gate.results import Report

_CONFIGURATION = "configuration"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("archwright")
    group.addoption(
        "--archwright", action="store_true", help="Decide the architecture contracts, one item each."
    )
    group.addoption("--archwright-strict", action="store_true", help="A contract with a WARN fails as well.")
    group.addoption(
        "--archwright-project",
        metavar="DIR",
        help="The project; default: the nearest directory, from the root of pytest upwards, with contracts.",
    )


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Adds an item for each contract."""
    if session.config.getoption("--archwright"):
        items.extend(_items(session))


class ContractsFailedError(Exception):
    """A contract does not hold; the text is the report of it."""


class ContractItem(pytest.Item):
    """One contract."""

    def __init__(self, *, checked: _Checked, contract: str, **options: Any) -> None:
        super().__init__(**options)
        self._checked = checked
        self._contract = contract

    def runtest(self) -> None:
        """Fails when the contract has a finding that counts."""
        from archwright.model import Verdict

        report = self._checked.report()
        text = self._checked.shown(self._contract)
        own = next((c for c in report.contracts if c.id == self._contract), None)
        if own is None:
            raise ContractsFailedError(f"{self._contract} was not decided")
        if own.verdict is Verdict.FAIL or (own.verdict is Verdict.WARN and report.strict):
            raise ContractsFailedError(text)
        if text:
            self.add_report_section("call", "archwright", text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, without the insides of archwright."""
        if isinstance(excinfo.value, ContractsFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the contract is written."""
        return self.path, None, f"archwright: {self._contract}"


class ConfigurationItem(pytest.Item):
    """Contracts that cannot be used: one item, which fails."""

    def __init__(self, *, problem: str, **options: Any) -> None:
        super().__init__(**options)
        self._problem = problem

    def runtest(self) -> None:
        """Fails."""
        raise ContractsFailedError(self._problem)

    repr_failure = ContractItem.repr_failure


class ContractFile(pytest.File):
    """A file of contracts, as the parent of their items."""

    def collect(self) -> Iterator[pytest.Item]:
        """Nothing: the items are made together."""
        return iter(())


class _Checked:
    """The run, made when it is first asked for."""

    def __init__(self, options: ProjectOptions, strict: bool) -> None:
        self._options = options
        self._strict = strict
        self._report: Report | None = None

    def report(self) -> Report:
        """What the contracts come to."""
        from archwright.cli.policy import policy_of, today
        from archwright.contracts.language import ContractErrors
        from archwright.gate.run import run

        if self._report is None:
            options = self._options
            try:
                self._report = run(
                    options.directory,
                    contract_dir=options.contract_dir,
                    cache_dir=options.cache_dir,
                    strict=self._strict,
                    policy=policy_of(options, today()),
                )
            except ContractErrors as errors:
                raise ContractsFailedError(str(errors)) from None
        return self._report

    def shown(self, contract: str) -> str:
        """The findings of *contract* as text."""
        import msgspec

        from archwright.report import terminal
        from archwright.report.style import Style

        report = self.report()
        own = msgspec.structs.replace(
            report,
            findings=tuple(f for f in report.findings if f.contract == contract),
            suppressed=tuple(f for f in report.suppressed if f.contract == contract),
        )
        source = self._options.source_lines()
        blocks = list(terminal.findings(own, source, Style()))
        return "\n\n".join([*blocks, *terminal.suppressed(own, Style())])


def _items(session: pytest.Session) -> Iterator[pytest.Item]:
    from archwright.cli.project import CACHE_DIRECTORY, ProjectOptions, find_project
    from archwright.contracts.errors import ContractErrors
    from archwright.contracts.files import DEFAULT_DIRECTORY
    from archwright.contracts.loader import load_contracts
    from archwright.gate.baseline import BASELINE, baseline_path
    from archwright.gate.files import PARSE
    from archwright.gate.waivers import WAIVERS
    from archwright.verifiers.catalogue import KINDS

    named = session.config.getoption("--archwright-project")
    directory = Path(named) if named else find_project(session.config.rootpath, DEFAULT_DIRECTORY)
    options = ProjectOptions(
        directory.resolve(), DEFAULT_DIRECTORY, directory.resolve() / CACHE_DIRECTORY, None
    )
    checked = _Checked(options, session.config.getoption("--archwright-strict"))
    home = ContractFile.from_parent(session, path=options.directory / DEFAULT_DIRECTORY)
    try:
        contracts = load_contracts(options.directory, kinds=KINDS)
    except ContractErrors as errors:
        yield ConfigurationItem.from_parent(home, name=_CONFIGURATION, problem=str(errors))
        return
    built_in = [PARSE.id]
    if contracts.waivers:
        built_in.append(WAIVERS.id)
    if (options.directory / baseline_path(DEFAULT_DIRECTORY)).exists():
        built_in.append(BASELINE.id)
    for name in built_in:
        yield ContractItem.from_parent(home, name=name, checked=checked, contract=name)
    files: dict[str, ContractFile] = {}
    for contract in contracts.contracts:
        path = contract.origin.path
        if path not in files:
            files[path] = ContractFile.from_parent(session, path=options.directory / path)
        yield ContractItem.from_parent(files[path], name=contract.id, checked=checked, contract=contract.id)
