"""Installed packages under contracts written for them: archwright terminates, counts, and agrees with import-linter."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

import pytest
from e2e_harness import HERE, Edge, Project

PACKAGES = ("alembic", "hypothesis", "starlette")

SEEN_BY_US_ALONE: dict[tuple[str, str], set[Edge]] = {
    # `from hypothesis import given, settings`: the package's own module, which is in no layer, passes on what core
    # defines. grimp's edge ends at the package; ours goes to where the name is defined.
    ("hypothesis", "layers"): {("hypothesis.internal.conjecture.provider_conformance", "hypothesis.core")},
}
"""Edges we report and grimp's graph does not have, each with its reason."""

BROKEN_BY_CHAINS_ALONE = {("alembic", "layers-of-commands")}
"""import-linter's layers also break through modules of no layer; ours are about edges, so such a contract passes."""

FINDINGS = {
    # The normal path reads the heads, the path of a purge empties the table instead.
    ("alembic", "heads-before-steps"): {
        (
            "alembic.runtime.environment.EnvironmentContext.run_migrations",
            "alembic.runtime.migration.HeadMaintainer.update_to_step",
        )
    },
    # A real one: alembic.testing has no fixture_functions (sqlalchemy.testing has).
    ("alembic", "imports-resolve"): {
        ("alembic.testing.util.metadata_fixture", "alembic.testing.fixture_functions")
    },
    # `if not self.config_checked: await self.check_config()`
    ("starlette", "checked-before-response"): {
        ("starlette.staticfiles.StaticFiles.__call__", "starlette.staticfiles.StaticFiles.get_response")
    },
    # `handler = getattr(self, handler_name, self.method_not_allowed)`
    ("starlette", "calls-are-written-out"): {("starlette.endpoints.HTTPEndpoint.dispatch", "handler")},
    # The contract wants text of every message; these two send bytes instead.
    ("starlette", "messages-of-the-client"): {
        (f"starlette.testclient.WebSocketTestSession.{name}", "websocket.receive", "text")
        for name in ("send_bytes", "send_json")
    },
}
"""Symbols of the findings of the contracts import-linter has no counterpart for; all others of them have none."""


@pytest.fixture(scope="module", params=PACKAGES)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project.create(request.param, tmp_path_factory.mktemp(request.param))
    assert project.outcome.returncode in (0, 1), project.outcome.stderr.decode()
    return project


def test_every_contract_reports_what_it_decided(project: Project) -> None:
    report = project.report
    own = [contract for contract in report["contracts"] if contract["id"] != "parse"]
    kinds = {(contract["kind"], contract["rule"]) for contract in own}
    assert {("imports", rule) for rule in ("layers", "forbid", "gateway", "resolve", "acyclic")} <= kinds
    assert ("ordering", "") in kinds or project.package == "hypothesis"
    for contract in own:
        assert contract["sites"] > 0, contract["id"]
        assert 0 < contract["decided"] <= contract["sites"], contract["id"]
    files = sorted((project.directory / "src").rglob("*.py"))
    judged = [file for file in files if "templates" not in file.parts]
    assert report["files"] == {"found": len(judged), "unreadable": 0}
    assert report["verdict"] == "FAIL"
    assert {f["evidence"] for f in report["findings"]}.isdisjoint({"verifier-crashed", "vacuous"})


def test_exit_code_and_output_follow_from_the_verdict(project: Project) -> None:
    assert project.report["failed"] is True
    done = project.outcome
    assert done.returncode == 1
    assert done.stderr == b""
    assert done.stdout.decode().splitlines()[-1].startswith("FAIL")


def test_agrees_with_import_linter_on_every_edge(project: Project) -> None:
    graphs_asked = 0
    for rule in project.rules():
        ours, theirs = project.edges(rule.id), rule.edges()
        alone = SEEN_BY_US_ALONE.get((project.package, rule.id), set())
        assert theirs - ours == set(), f"{rule.id}: import-linter sees edges that we do not"
        assert ours - theirs == alone, f"{rule.id}: we see edges that import-linter does not"
        assert (project.contract(rule.id)["verdict"] == "FAIL") == bool(ours)
        graphs_asked += 1
    assert graphs_asked >= 5


def test_agrees_with_import_linter_on_every_verdict(project: Project) -> None:
    verdicts: set[bool] = set()
    for rule in project.rules():
        kept = rule.kept()
        verdicts.add(kept)
        if (project.package, rule.id) in BROKEN_BY_CHAINS_ALONE:
            assert not kept, f"{rule.id}: no longer a difference"
            assert rule.edges() == set()
            assert project.contract(rule.id)["verdict"] != "FAIL"
        else:
            assert kept == (project.contract(rule.id)["verdict"] != "FAIL"), rule.id
    assert verdicts == {True, False}, "rules of both outcomes are needed to agree about"


def test_findings_without_counterpart(project: Project) -> None:
    linted = {rule.id for rule in project.rules()}
    for contract in project.report["contracts"]:
        if contract["id"] in linted:
            continue
        found = {tuple(f["symbols"]) for f in project.findings(contract["id"]) if f["verdict"] == "FAIL"}
        assert found == FINDINGS.get((project.package, contract["id"]), set()), contract["id"]


def test_findings_point_at_code_that_imports(project: Project) -> None:
    """The line of every forbidden import holds an import, or an attribute of something imported, says Python's parser."""
    checked = 0
    for finding in project.report["findings"]:
        if finding["evidence"] in ("forbidden-import", "upward-import", "forbidden-chain"):
            location = finding["location"]
            lines = _lines(project.directory / location["path"], ast.Import, ast.ImportFrom, ast.Attribute)
            assert not lines.isdisjoint(range(location["line"], location["end_line"] + 1)), location
            checked += 1
    assert checked > 5


def test_chains_are_made_of_imports(project: Project) -> None:
    """Every step of a forbidden chain stands on a line that imports; the first is where the finding points."""
    chains = [f for f in project.report["findings"] if f["evidence"] == "forbidden-chain"]
    assert chains or project.package != "alembic"
    for finding in chains:
        locations = [step["location"] for step in finding["steps"]]
        assert len(locations) >= 2
        assert locations[0] == finding["location"]
        for location in locations:
            path = project.directory / location["path"]
            lines = _lines(path, ast.Import, ast.ImportFrom, ast.Attribute)
            assert not lines.isdisjoint(range(location["line"], location["end_line"] + 1)), location


def test_config_files_have_the_same_contracts(project: Project) -> None:
    """No rule of import-linter without a contract here: a forgotten one would not be compared."""
    ids = {contract["id"] for contract in project.report["contracts"]}
    assert {rule.id for rule in project.rules()} <= ids
    linted = [r for r in project.report["contracts"] if r["rule"] in ("layers", "forbid", "gateway")]
    assert {contract["id"] for contract in linted} == {rule.id for rule in project.rules()}
    assert sorted(p.name for p in (HERE / project.package).glob("*.importlinter"))


@lru_cache
def _lines(path: Path, *kinds: type[ast.AST]) -> frozenset[int]:
    """Every line of a node of these kinds."""
    return frozenset(
        line
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, kinds)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )
