"""Every Python file below the roots is found once, under the name by which it is imported."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.contracts.errors import ContractErrors
from archwright.contracts.patterns import PathPattern, Pattern
from archwright.contracts.topology import RootPath, Topology
from archwright.model import Location
from archwright.source.files import SourceFile, discover, name_file

Make = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Make:
    def project(*paths: str) -> Path:
        for path in paths:
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("")
        return tmp_path

    return project


def topology(*roots: str, exclude: tuple[str, ...] = ()) -> Topology:
    return Topology(
        roots=tuple(
            RootPath(root, Location("contracts/topology.yaml", 2, 10 + n)) for n, root in enumerate(roots)
        ),
        cover=(Pattern("**"),),
        exclude=tuple(map(PathPattern, exclude)),
        layers=(),
        wiring={},
    )


def modules(files: tuple[SourceFile, ...]) -> dict[str, str]:
    assert list(files) == sorted(files)
    assert len({file.path for file in files}) == len(files)
    return {file.path: file.module for file in files}


def test_modules_are_named_below_their_root_with_or_without_init(project: Make) -> None:
    root = project(
        "src/app/__init__.py", "src/app/db.py", "src/space/deep/x.py", "src/main.py", "src/data.txt"
    )
    files = discover(root, [topology("src")])
    assert files == (
        SourceFile("src/app/__init__.py", "app", True, "src"),
        SourceFile("src/app/db.py", "app.db", False, "src"),
        SourceFile("src/main.py", "main", False, "src"),
        SourceFile("src/space/deep/x.py", "space.deep.x", False, "src"),
    )


def test_a_file_belongs_to_the_innermost_root(project: Make) -> None:
    root = project("a.py", "src/b.py", "src/lib/c.py", "src/library/d.py")
    files = discover(root, [topology(".", "src"), topology("src/lib", "src")])
    assert [(file.path, file.module, file.root) for file in files] == [
        ("a.py", "a", "."),
        ("src/b.py", "b", "src"),
        ("src/lib/c.py", "c", "src/lib"),
        ("src/library/d.py", "library.d", "src"),
    ]


def test_names_that_no_import_can_say_are_flagged_not_dropped(project: Make) -> None:
    root = project("src/my-tool.py", "src/my-dir/x.py", "src/class.py", "src/ok/3d.py", "src/ok/fine.py")
    found = {file.path: (file.module, file.unnameable) for file in discover(root, [topology("src")])}
    assert found == {
        "src/my-tool.py": ("my-tool", True),
        "src/my-dir/x.py": ("my-dir.x", True),
        "src/class.py": ("class", True),
        "src/ok/3d.py": ("ok.3d", True),
        "src/ok/fine.py": ("ok.fine", False),
    }


def test_caches_environments_and_hidden_directories_are_not_looked_into(project: Make) -> None:
    root = project(
        "src/__pycache__/x.py",
        "src/node_modules/x.py",
        "src/.git/x.py",
        "src/env/pyvenv.cfg",
        "src/env/lib/x.py",
        "src/venv/x.py",
    )
    assert modules(discover(root, [topology("src")])) == {"src/venv/x.py": "venv.x"}


def test_a_root_is_looked_into_whatever_it_is_called(project: Make) -> None:
    root = project(".tools/x.py", ".tools/pyvenv.cfg")
    assert modules(discover(root, [topology(".tools")])) == {".tools/x.py": "x"}


def test_exclusions_hold_for_files_and_directories(project: Make) -> None:
    root = project("src/app/x.py", "src/app/x_pb2.py", "src/app/gen/y.py", "src/generated/z.py")
    found = discover(root, [topology("src", exclude=("**/*_pb2.py", "src/app/gen/**", "src/generated"))])
    assert modules(found) == {"src/app/x.py": "app.x"}


def test_what_one_topology_excludes_another_may_want(project: Make) -> None:
    root = project("src/a/x.py", "src/b/x.py", "src/c/x.py")
    shared = [
        topology("src", exclude=("src/a/**", "src/b/**")),
        topology("src", exclude=("src/b", "src/c/**")),
    ]
    assert set(modules(discover(root, shared))) == {"src/a/x.py", "src/c/x.py"}


def test_links_in_circles_end_and_no_file_is_found_twice(project: Make) -> None:
    root = project("src/app/x.py", "shared/y.py")
    (root / "src/app/loop").symlink_to(root / "src", target_is_directory=True)
    (root / "src/app/up").symlink_to("..", target_is_directory=True)
    (root / "src/app/shared").symlink_to(root / "shared", target_is_directory=True)
    (root / "src/app/zshared").symlink_to(root / "shared", target_is_directory=True)
    (root / "shared/again").symlink_to(root / "shared", target_is_directory=True)
    (root / "src/app/everything").symlink_to(root, target_is_directory=True)
    assert modules(discover(root, [topology("src")])) == {
        "src/app/x.py": "app.x",
        "src/app/shared/y.py": "app.shared.y",
    }


def test_a_link_out_of_the_project_is_an_error_until_it_is_excluded(
    project: Make, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = project("src/app/x.py")
    (root / "src/out").symlink_to(tmp_path_factory.mktemp("elsewhere"), target_is_directory=True)
    with pytest.raises(ContractErrors) as caught:
        discover(root, [topology("src")])
    assert str(caught.value) == (
        'src/out: is a link that leads out of the project; add the link to "exclude", or keep the code in the project'
    )
    assert set(modules(discover(root, [topology("src", exclude=("src/out",))]))) == {"src/app/x.py"}


def test_linked_files_are_files_and_what_is_no_file_is_kept_for_the_reader_to_report(project: Make) -> None:
    root = project("src/x.py", "other/y.py")
    (root / "src/y.py").symlink_to(root / "other/y.py")
    (root / "src/gone.py").symlink_to(root / "nowhere.py")
    (root / "src/dir.py").mkdir()
    os.mkfifo(root / "src/pipe.py")
    found = modules(discover(root, [topology("src")]))
    assert set(found) == {"src/x.py", "src/y.py", "src/gone.py", "src/pipe.py"}


def test_missing_roots_are_reported_where_they_are_written(project: Make) -> None:
    root = project("src/x.py", "file")
    with pytest.raises(ContractErrors) as caught:
        discover(root, [topology("src", "source", "file")])
    assert str(caught.value).splitlines() == [
        'contracts/topology.yaml:2:11: root "source" does not exist; '
        "name a directory of the project that modules are imported from",
        'contracts/topology.yaml:2:12: root "file" is not a directory; '
        "name a directory of the project that modules are imported from",
    ]


def test_a_directory_that_cannot_be_read_is_an_error(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project("src/app/x.py", "src/closed/y.py")
    scan = os.scandir

    def refuse(path: str) -> object:  # permissions do not stop a superuser
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ContractErrors, match="src/closed: cannot be read: Permission denied"):
        discover(root, [topology("src")])


NAMES = st.sampled_from(["a", "b", "c-d", "__init__", "import"])


@given(
    st.sets(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=8),
    st.sets(st.sampled_from([".", "a", "a/b", "b"]), min_size=1),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_file_is_named_by_its_path_as_by_the_walk(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str], roots: set[str]
) -> None:
    project = tmp_path_factory.mktemp("project")
    for root in roots:
        (project / root).mkdir(parents=True, exist_ok=True)
    for path in paths:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / f"{path}.py").write_text("")
    found = {file.path: file for file in discover(project, [topology(*sorted(roots))])}
    on_disk = [str(p.relative_to(project)) for p in project.rglob("*.py")]
    assert found == {path: file for path in on_disk if (file := name_file(path, roots)) is not None}


def test_a_large_tree_is_found_quickly(tmp_path: Path) -> None:
    for package in range(100):
        directory = tmp_path / f"src/p{package}"
        directory.mkdir(parents=True)
        for number in range(100):
            (directory / f"m{number}.py").touch()
    times = []
    for _ in range(3):
        started = time.perf_counter()
        files = discover(tmp_path, [topology("src", exclude=("src/legacy/**",))])
        times.append(time.perf_counter() - started)
        assert len(files) == 10_000
    assert min(times) < 0.25  # 0.03 s on the machine this was written on
