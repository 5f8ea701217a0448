"""Judging changed code with what is known of the code as it was gives what judging it from nothing gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import pytest
from corpus_harness import Case
from corpus_trees import CASES, Tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.facts.store import content_key
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.changed import changed_analysis
from archwright.project.project import Project, ProjectFile
from archwright.project.reads import Recorder
from archwright.prove.counterexample import Changes
from archwright.prove.run import plan
from archwright.verifiers.catalogue import check

_LIMIT = 4
WHOLE = bool(os.environ.get("ARCHWRIGHT_WHOLE_CORPUS"))
"""Every tree with every counterexample: some minutes, for whoever changes how answers are kept."""


class Code:
    """A tree of the corpus with its contracts, judged once with everything that is read written down."""

    def __init__(self, case: Case) -> None:
        tree = Tree(case)
        self.contracts, self.workspace = tree.contracts, tree.workspace
        self.project, self.store = tree.project, tree.store
        limit = 10_000 if WHOLE else _LIMIT
        chosen = [c for contract in self.contracts for c in plan(contract, tree.bench, limit).chosen]
        self.changes = [c.changes for c in chosen]
        self.recorder = Recorder()
        project = Project(self.project.files, self.project.topologies, self.store, self.recorder)
        self.analysis = Analysis(project)
        self.before = [check(contract, self.analysis) for contract in self.contracts]

    def files(self, changes: Changes) -> Iterator[ProjectFile]:
        data = {path: None if text is None else text.encode() for path, text in changes.items()}
        self.store.load({content_key(content): content for content in data.values() if content is not None})
        keys = {file.path: file.key for file in self.project.files}
        for file in self.workspace.with_changes(data).files:
            content = data.get(file.path)
            key = keys[file.path] if content is None else content_key(content)
            yield ProjectFile(file.path, file.module, file.is_package, key)

    def judged_from_nothing(self, changes: Changes) -> list[CheckResult]:
        project = Project(self.files(changes), self.project.topologies, self.store)
        return [check(contract, Analysis(project)) for contract in self.contracts]

    def judged_with_what_is_known(self, changes: Changes) -> list[CheckResult]:
        analysis = changed_analysis(self.analysis, self.recorder, self.files(changes), self.store)
        return [check(contract, analysis) for contract in self.contracts]


@cache
def code(case: Case) -> Code:
    return Code(case)


@st.composite
def changed_code(draw: st.DrawFn) -> tuple[Case, Changes]:
    """A tree of the corpus after one counterexample or several, perhaps with files gone, new, or swapped."""
    case = draw(st.sampled_from(CASES))
    tree = code(case)
    paths = [file.path for file in tree.workspace.files]
    changes: dict[str, str | None] = {}
    for one in draw(st.lists(st.sampled_from(tree.changes), max_size=2)) if tree.changes else ():
        changes |= one
    more = draw(st.sampled_from(("", "", "gone", "new", "beside", "swapped")))
    path = draw(st.sampled_from(paths))
    other = draw(st.sampled_from(paths))
    if more == "gone":
        changes[path] = None
    elif more == "new":
        changes[f"{path.removesuffix('.py')}_more.py"] = tree.workspace.read(other).decode("latin-1")
    elif more == "beside":
        changes[f"{path.removesuffix('.py')}/inside.py"] = (
            "import os\n\n\ndef inside():\n    return os.getcwd()\n"
        )
    elif more == "swapped":
        changes[path] = tree.workspace.read(other).decode("latin-1")
    return case, changes


@given(changed_code())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_known_changes_no_verdict(drawn: tuple[Case, Changes]) -> None:
    case, changes = drawn
    tree = code(case)
    assert tree.judged_with_what_is_known(changes) == tree.judged_from_nothing(changes)


@pytest.mark.parametrize("case", CASES if WHOLE else CASES[::40], ids=str)
def test_every_counterexample_of_a_tree_is_judged_as_from_nothing(case: Case) -> None:
    tree = Code(case)
    assert [check(c, Analysis(tree.project)) for c in tree.contracts] == tree.before
    for changes in tree.changes:
        assert tree.judged_with_what_is_known(changes) == tree.judged_from_nothing(changes), changes
