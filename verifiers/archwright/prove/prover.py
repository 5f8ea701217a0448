"""Applies changes to the code in memory and asks contracts what they make of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from archwright.contracts.language import Contract
from archwright.facts.store import FactStore, content_key
from archwright.gate.results import VACUOUS
from archwright.model import CheckResult, Outcome
from archwright.project.analysis import Analysis
from archwright.project.changed import changed_analysis
from archwright.project.project import Project, ProjectFile
from archwright.project.reads import Recorder
from archwright.prove.counterexample import Changes, Counterexample, Equivalent
from archwright.prove.equivalents import Transformations
from archwright.prove.rewriting import ALIASED, MOVED, RENAMED
from archwright.prove.trial import Disturbance, Result
from archwright.source.overlay import Workspace

Check = Callable[[Contract, Analysis], CheckResult]
Told = Counter[str]
"""Findings by identity and outcome, counted."""


class Outcomes(msgspec.Struct, frozen=True):
    """What a contract made of a counterexample."""

    result: Result
    evidence: tuple[str, ...] = ()


class Prover:
    """The code as it stands, and what each contract says about it. Everything here is read-only: processes share it by fork."""

    def __init__(
        self,
        workspace: Workspace,
        project: Project,
        store: FactStore,
        contracts: Iterable[Contract],
        check: Check,
        transformations: Transformations,
    ) -> None:
        self._workspace = workspace
        self._topologies = project.topologies
        self._keys = {file.path: file.key for file in project.files}
        self._store = store
        self._check = check
        self._transformations = transformations
        self.contracts = tuple(contracts)
        self._recorder = Recorder()
        self._analysis = Analysis(Project(project.files, project.topologies, store, self._recorder))
        self._before = {c.id: self._told(c, self._analysis) for c in self.contracts}

    def try_counterexample(self, contract: Contract, counterexample: Counterexample) -> Outcomes:
        """Whether *contract* notices."""
        if not self._changes_anything(counterexample.changes):
            return Outcomes("unchanged")
        analysis = self._changed(counterexample.changes)
        for path, text in counterexample.changes.items():
            error = "" if text is None else self._store.summary(_key(text)).error
            if error:
                return Outcomes("unparsable", (f"{path}: {error}",))
        try:
            new = self._told(contract, analysis) - self._before[contract.id]
        except Exception as error:  # a defect of the verifier, to be told as one
            return Outcomes("crashed", (f"{type(error).__name__}: {error}",))
        if not new:
            return Outcomes("survived")
        failed = sorted({told.split("|")[1] for told in new if told.startswith(f"{Outcome.FAIL.value}|")})
        if failed:
            return Outcomes("killed", tuple(failed))
        return Outcomes("undecided", tuple(sorted({told.split("|")[1] for told in new})))

    def try_equivalents(
        self, names: tuple[str, ...], equivalent: Equivalent, concerned: Callable[[Contract, str], bool]
    ) -> list[Disturbance]:
        """The contracts whose findings the transformations called *names* change, each with one of them and few files.

        *concerned*: whether a contract is about what a transformation changes.
        """
        analysis = self._changed(equivalent.changes)
        found: list[Disturbance] = []
        for contract in self.contracts:
            free = tuple(name for name in names if not concerned(contract, name))
            told = self._safely_told(contract, analysis)
            if free == names and _unmoved(told) == _unmoved(self._before[contract.id]):
                continue
            whole = equivalent if free == names else self._transformations.equivalent(free)
            if free and self._differs(contract, whole.changes, {}):
                found.append(self._narrowed(contract, free, whole.changes))
        return found

    # --- deciding ---

    def _told(self, contract: Contract, analysis: Analysis) -> Told:
        """Raises whatever the verifier raises."""
        result = self._check(contract, analysis)
        told = Counter(_shown(f.outcome, f.evidence, f.symbols) for f in result.findings)
        if (contract.expect == "some" and not result.sites) or (contract.expect == "none" and result.sites):
            told[_shown(Outcome.FAIL, VACUOUS, ())] += 1
        return told

    def _changed(self, changes: Changes) -> Analysis:
        data = {path: None if text is None else text.encode() for path, text in changes.items()}
        workspace = self._workspace.with_changes(data)
        self._store.load({content_key(content): content for content in data.values() if content is not None})
        files = []
        for file in workspace.files:
            content = data.get(file.path)
            key = self._keys[file.path] if content is None else content_key(content)
            files.append(ProjectFile(file.path, file.module, file.is_package, key))
        return changed_analysis(self._analysis, self._recorder, files, self._store)

    def _changes_anything(self, changes: Changes) -> bool:
        return any(
            path in self._keys if text is None else self._keys.get(path) != _key(text)
            for path, text in changes.items()
        )

    # --- equivalents ---

    def _narrowed(self, contract: Contract, names: tuple[str, ...], after: Changes) -> Disturbance:
        """As few files as halving leaves, and the first transformation that alone changes the verdict in them."""
        paths = self._smallest(contract, sorted(after), after, {})
        plain = self._transformations.equivalent(("reformatted",), paths).changes
        for name in names:
            # Reformatting comes with every transformation; its own effect is told apart first.
            alone = self._transformations.equivalent((name,), paths).changes
            before: Changes = {} if name == "reformatted" else plain
            if self._differs(contract, alone, before):
                return self._disturbance(
                    contract, name, self._smallest(contract, paths, alone, before), alone, before
                )
        return self._disturbance(contract, " and ".join(names), paths, after, {})

    def _disturbance(
        self, contract: Contract, name: str, paths: list[str], after: Changes, before: Changes
    ) -> Disturbance:
        changes = {path: after[path] for path in paths if path in after}
        originals = {path: before.get(path, self._workspace.read(path).decode()) for path in changes}
        old = self._safely_told(contract, self._changed(originals))
        new = self._safely_told(contract, self._changed(changes))
        old, new = _unmoved(old), _unmoved(new)
        appeared, vanished = sorted((new - old).elements()), sorted((old - new).elements())
        return Disturbance(name, contract.id, tuple(appeared), tuple(vanished), changes, originals)

    def _differs(self, contract: Contract, after: Changes, before: Changes) -> bool:
        old = self._safely_told(contract, self._changed(before)) if before else self._before[contract.id]
        return _unmoved(old) != _unmoved(self._safely_told(contract, self._changed(after)))

    def _smallest(self, contract: Contract, paths: list[str], after: Changes, before: Changes) -> list[str]:
        """As few of *paths* as halving leaves, with the verdict still changed."""
        while len(paths) > 1:
            middle = len(paths) // 2
            for half in (paths[:middle], paths[middle:]):
                inside = {path: after[path] for path in half if path in after}
                if self._differs(contract, inside, {path: before[path] for path in half if path in before}):
                    paths = half
                    break
            else:
                break
        return paths

    def _safely_told(self, contract: Contract, analysis: Analysis) -> Told:
        try:
            return self._told(contract, analysis)
        except Exception as error:  # a crash is a change of the verdict, too
            return Counter({_shown(Outcome.FAIL, "crashed", (type(error).__name__,)): 1})


def loaded_texts(changes: Iterable[Changes]) -> Mapping[bytes, bytes]:
    """The contents of all changed files by key, for extracting their facts at once."""
    contents = (text.encode() for change in changes for text in change.values() if text is not None)
    return {content_key(content): content for content in contents}


def _key(text: str) -> bytes:
    return content_key(text.encode())


def _shown(outcome: Outcome, evidence: str, symbols: tuple[str, ...]) -> str:
    return f"{outcome.value}|{evidence}|{' -> '.join(symbols)}"


def _unmoved(told: Told) -> Told:
    """*told* with helpers called like the functions whose bodies they hold: moving code moves what is found in it."""
    found: Told = Counter()
    for text, count in told.items():
        found[_HELPER.sub(r"\1", text)] += count
    return found


_HELPER = re.compile(rf"(?<![A-Za-z0-9])_*([A-Za-z0-9]\w*?)(?:{MOVED}|{RENAMED}|{ALIASED})?(?!\w)")
"""A name without leading underscores, and without the suffix of a helper or of a name given anew: what code is quoted in a
finding is quoted with the names it has."""
