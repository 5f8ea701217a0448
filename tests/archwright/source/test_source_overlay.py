"""A workspace is the disk with changes on top, and never writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archwright.source.files import SourceFile
from archwright.source.overlay import Workspace, content_key


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_bytes(b"A\r\n")
    (tmp_path / "src/b.py").write_bytes(b"B")
    files = [SourceFile(f"src/{name}.py", name, False, "src") for name in "ba"]
    return Workspace(tmp_path, files)


def test_without_changes_it_is_the_disk(workspace: Workspace) -> None:
    assert [file.module for file in workspace.files] == ["a", "b"]
    assert workspace.read("src/a.py") == b"A\r\n"
    assert workspace.changed == frozenset()
    with pytest.raises(FileNotFoundError):
        workspace.read("src/c.py")


def test_changes_cover_the_disk_and_leave_it_alone(workspace: Workspace, tmp_path: Path) -> None:
    changed = workspace.with_changes({"src/a.py": b"new", "src/b.py": None, "src/pkg/__init__.py": b""})
    assert changed.read("src/a.py") == b"new"
    with pytest.raises(FileNotFoundError):
        changed.read("src/b.py")
    assert changed.files == (
        SourceFile("src/a.py", "a", False, "src"),
        SourceFile("src/pkg/__init__.py", "pkg", True, "src"),
    )
    assert changed.changed == {"src/a.py", "src/b.py", "src/pkg/__init__.py"}
    assert workspace.read("src/a.py") == b"A\r\n"
    assert sorted(path.name for path in (tmp_path / "src").iterdir()) == ["a.py", "b.py"]


def test_later_changes_are_on_top_of_earlier_ones(workspace: Workspace) -> None:
    twice = workspace.with_changes({"src/a.py": None, "src/b.py": b"1"}).with_changes({"src/a.py": b"2"})
    assert (twice.read("src/a.py"), twice.read("src/b.py")) == (b"2", b"1")
    assert twice.files == workspace.files


def test_files_outside_all_roots_can_be_changed_but_are_no_modules(workspace: Workspace) -> None:
    changed = workspace.with_changes({"docs/x.py": b"", "src/notes.txt": b"n"})
    assert changed.files == workspace.files
    assert changed.read("src/notes.txt") == b"n"


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.py", "src/../../x.py", "src\\a.py"])
def test_paths_stay_below_the_project(workspace: Workspace, path: str) -> None:
    with pytest.raises(ValueError, match="not a path below the project directory"):
        workspace.read(path)
    with pytest.raises(ValueError, match="not a path below the project directory"):
        workspace.with_changes({path: b""})


@given(st.binary(), st.binary())
def test_content_keys_are_equal_exactly_for_equal_bytes(a: bytes, b: bytes) -> None:
    assert (content_key(a) == content_key(b)) is (a == b)
    assert len(content_key(a)) == 32
