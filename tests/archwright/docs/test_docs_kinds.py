"""The guides to the kinds of contract say everything that can be written, and show code of both sorts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from archwright.contracts.convert import fields_of
from archwright.docs.examples import examples
from archwright.docs.kinds import kind_pages
from archwright.docs.templates import Templates
from archwright.verifiers.catalogue import KINDS

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_page_names_every_rule_and_key_and_shows_both_sorts_of_code(kind: str) -> None:
    (page,) = (p for p in kind_pages(KINDS, Templates(), CORPUS) if p.path == f"{kind}.md")
    of_kind = KINDS[kind]
    for rule, cls in {"": of_kind}.items() if isinstance(of_kind, type) else of_kind.items():
        part = page.text.partition(f"## Rule `{rule}`" if rule else "## Keys")[2]
        for field in fields_of(cls):
            if field.key not in ("id", "kind", "rule", "why", "fix", "severity", "expect", "owner"):
                assert f"| `{field.key}` |" in part, (rule, field.key)
    assert "\nINVALID `" in page.text
    assert "\nVALID `" in page.text
    assert re.search(r"# ← FAIL: |\(line \d+: FAIL ", page.text)
    assert page.text.count("```") % 2 == 0


def test_every_kind_was_shown_to_get_many_cases_right() -> None:
    found = list(examples(CORPUS))
    for kind in KINDS:
        sorts = [example.valid for example in found if kind in example.kinds]
        assert sorts.count(True) >= 5, kind
        assert sorts.count(False) >= 5, kind


def kinds(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("archwright")), "kinds", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_one_kind_is_printed_and_an_unknown_one_suggested() -> None:
    assert "# Contracts of kind `effects`" in kinds("effects").stdout
    run = kinds("efects")
    assert run.returncode == 2
    assert "effects" in run.stderr


def test_pages_are_written_and_checked(tmp_path: Path) -> None:
    output = tmp_path / "kinds"
    assert kinds("--output", str(output), "--check").returncode == 1
    assert not output.exists()
    assert kinds("--output", str(output)).returncode == 0
    assert kinds("--output", str(output), "--check").returncode == 0
    assert {p.name for p in output.iterdir()} == {"README.md", *(f"{kind}.md" for kind in KINDS)}
