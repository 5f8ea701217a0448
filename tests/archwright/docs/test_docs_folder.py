"""Pages and files: what is written, what is kept, and what stops the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archwright.docs.folder import changes, write
from archwright.docs.page import MARK, Page, notes, with_notes

HEAD = f"<!-- {MARK}: a test -->\n"


def page(path: str = "a/b.md", body: str = "# A\n", key: str = "k") -> Page:
    return Page(path, f"{HEAD}{body}<!-- notes: {key} -->\n<!-- end of notes -->\n")


def settle(directory: Path, *pages: Page) -> list[tuple[str, str]]:
    found = changes(directory, pages)
    write(directory, found)
    return [(c.path, c.problem) for c in found]


def test_written_once_and_then_fresh(tmp_path: Path) -> None:
    assert settle(tmp_path, page()) == [("a/b.md", "missing")]
    assert settle(tmp_path, page()) == []


def test_a_change_names_the_first_line_that_differs(tmp_path: Path) -> None:
    settle(tmp_path, page())
    (change,) = changes(tmp_path, [page(body="# B\n")])
    assert (change.path, change.problem, change.line) == ("a/b.md", "stale", 2)


def test_notes_survive_a_change_of_the_page(tmp_path: Path) -> None:
    settle(tmp_path, page())
    path = tmp_path / "a/b.md"
    path.write_text(path.read_text().replace("<!-- end of notes -->", "mine\n<!-- end of notes -->"))
    assert settle(tmp_path, page()) == []
    assert settle(tmp_path, page(body="# B\n")) == [("a/b.md", "stale")]
    assert notes(path.read_text()) == {"k": "mine\n"}
    assert "# B" in path.read_text()


def test_notes_whose_region_is_gone_are_kept_at_the_end(tmp_path: Path) -> None:
    settle(tmp_path, page())
    path = tmp_path / "a/b.md"
    path.write_text(path.read_text().replace("<!-- end of notes -->", "mine\n<!-- end of notes -->"))
    settle(tmp_path, page(key="other"))
    assert notes(path.read_text()) == {"k": "mine\n"}
    assert "## Notes on what is gone" in path.read_text()
    assert settle(tmp_path, page(key="other")) == []


def test_orphans_go_but_not_those_with_notes(tmp_path: Path) -> None:
    settle(tmp_path, page(), page("c/d.md"), Page("e/f.svg", f"<svg><!-- {MARK} -->\n</svg>\n"))
    path = tmp_path / "c/d.md"
    path.write_text(path.read_text().replace("<!-- end of notes -->", "mine\n<!-- end of notes -->"))
    found = settle(tmp_path, page())
    assert found == [("c/d.md", "holds-notes"), ("e/f.svg", "orphaned")]
    assert path.exists()
    assert not (tmp_path / "e").exists()


def test_files_of_others_are_never_touched(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.md").write_text("# by hand\n")
    (tmp_path / "own.md").write_text("# by hand\n")
    assert settle(tmp_path, page()) == [("a/b.md", "foreign")]
    assert (tmp_path / "a/b.md").read_text() == (tmp_path / "own.md").read_text() == "# by hand\n"


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=80
)


@given(_TEXT.filter(lambda t: "<!--" not in t and t.strip()))
def test_any_note_survives(text: str) -> None:
    written = with_notes(
        page(), page().text.replace("<!-- end of notes -->", f"{text}\n<!-- end of notes -->")
    )
    assert notes(written.text) == {"k": f"{text}\n"}
    assert with_notes(page(body="# other\n"), written.text).text.count(f"{text}\n") >= 1


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_do_not_make_a_page_stale(tmp_path: Path, newline: str) -> None:
    settle(tmp_path, page())
    (tmp_path / "a/b.md").write_bytes(page().text.replace("\n", newline).encode())
    assert changes(tmp_path, [page()]) == ()
