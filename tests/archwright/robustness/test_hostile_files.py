"""Files that are no code, hardly code, or gone when they are read: ``archwright check`` ends, and each is one finding."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from benchmarks.every_kind import CONTRACTS

from archwright.contracts.regular_files import read_regular
from archwright.facts.bounds import MAX_BYTES
from archwright.gate import codebase
from archwright.gate.codebase import open_code_base
from archwright.source.files import ENOUGH_BYTES
from archwright.verifiers import catalogue

KNOWN = "import fastapi\n\n\ndef late():\n    import time\n    return time.time()\n"
"""A file about which something is always found."""
BROKEN = {
    "nul": b"x = 1\n\0\n",
    "utf_16": "x = 1\n".encode("utf-16"),
    "utf_32": "x = 1\n".encode("utf-32"),
    "utf_16_without_mark": "x = 1\n".encode("utf-16-le"),
    "unknown_coding": b"# coding: nobody-knows\nx = 1\n",
    "coding_of_bytes": b"# coding: base64\nx = 1\n",
    "coding_that_refuses": b"# coding: undefined\nx = 1\n",
    "coding_with_traps": b"# coding: punycode\nx = 1\n",
    "coding_against_mark": b"\xef\xbb\xbf# coding: latin-1\nx = '\xe9'\n",
    "encoded_surrogate": b"x = '\xed\xa0\x80'\n",
    "control_z": b"x = 1\n\x1a\n",
    "backslash": b"x = 1 \\",
    "zero_width": "x\u200b = 1\n".encode(),
    "mixed_tabs": b"if 1:\n\tx = 1\n        y = 2\n",
    "sum_of_20000": b"x = " + b" + ".join([b"a"] * 20_000) + b"\n",
    "chain_of_5000": b"x = a" + b".b().c" * 5_000 + b"\n",
    "parentheses_of_2000": b"x = " + b"(" * 2_000 + b"1" + b")" * 2_000 + b"\n",
    "classes_of_2000": b"".join(b" " * n + b"class A:\n" for n in range(2_000)) + b" " * 2_000 + b"pass\n",
    "ifs_of_2000": b"".join(b" " * n + b"if a:\n" for n in range(2_000)) + b" " * 2_000 + b"pass\n",
    "functions_of_1000": b"".join(b" " * n + b"def f():\n" for n in range(1_000)) + b" " * 1_000 + b"pass\n",
    "patterns_of_50": b"match x:\n    case " + b"[" * 50 + b"a" + b"]" * 50 + b":\n        pass\n",
    "elifs_of_20000": b"if a:\n    pass\n" + b"elif a:\n    pass\n" * 20_000,
    "megabytes_30": b"x = 1  # " + b"a" * 30_000_000 + b"\n",
    "functions_60000": b"def f(x):\n    return x\n\n\n" * 60_000,
    "megabytes_of_table": b"X = [" + b"1, " * 700_000 + b"]\n",
    "binary": bytes(range(256)) * 100,
}
FINE = {
    "empty": b"",
    "mark_only": b"\xef\xbb\xbf",
    "marked": b"\xef\xbb\xbfimport os\n",
    "latin_1": b"# coding: latin-1\nx = '\xe9'\n",
    "utf_7": b"# coding: utf-7\nx = '+AOk-'\n",
    "mac": b"import os\rdef f():\r    return os\r",
    "windows": b"import os\r\n\r\ndef f():\r\n    return os\r\n",
    "form_feeds": b"\x0cx = 1\n\x0c\ndef f():\n\x0c  return 1\n",
    "tabs": b"if 1:\n\tx = 1\n\tif x:\n\t\ty = 2\n",
    "surrogate": b"x = '\\ud800'\nsend({x: x})\n",
    "no_newline": b"def f(): pass",
    "strange_names": "\u00e9 = 1\n\u00b5 = 2\n\u5909\u6570 = \u00e9\n".encode(),
    "line_of_2_megabytes": b"x = '" + b"a" * 2_000_000 + b"'\n",
    "table_of_100000": b"X = [" + b"1, " * 100_000 + b"]\n",
    "decorators_of_10000": b"def a(f): return f\n\n\n" + b"@a\n" * 10_000 + b"def f(): ...\n",
    "elifs_of_3000": b"if a == 0:\n    x()\n" + b"elif a == 1:\n    x()\n" * 3_000,
    "strings_of_2000": b"x = (" + b"'a'\n" * 2_000 + b")\n",
}
NO_FILES = ("pipe", "socket_", "nowhere", "round_1", "round_2", "secret")
"""What is called ``….py`` and is no regular file that can be read."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("hostile")
    root = project / "src/odd"
    root.mkdir(parents=True)
    (project / "contracts").mkdir()
    (project / "contracts/all.yaml").write_bytes(CONTRACTS.read_bytes())
    (root / "known.py").write_text(KNOWN)
    for name, content in {**BROKEN, **FINE}.items():
        (root / f"{name}.py").write_bytes(content)
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(root)  # the path of a socket must be short
        listening.bind("socket_.py")
        os.chdir(here)
    (root / "nowhere.py").symlink_to("gone.py")
    (root / "round_1.py").symlink_to("round_2.py")
    (root / "round_2.py").symlink_to("round_1.py")
    (root / "secret.py").symlink_to("/proc/self/mem" if os.path.exists("/proc/self/mem") else "gone.py")
    (root / "folder.py").mkdir()
    (root / "folder.py/inside.py").write_text("x = 1\n")
    (root / "up").symlink_to("..", target_is_directory=True)
    (root / "self").symlink_to("self", target_is_directory=True)
    return project


def check(project: Path, *options: str) -> tuple[int, str, Any]:
    command = [Path(sys.executable).parent / "archwright", "check", "--timeout", "60", *options]
    done = subprocess.run(
        [*command, "--format", "json=report.json", "--format", "html=report.html", "--format", "sarif=report.sarif"],
        cwd=project,
        capture_output=True,
        timeout=200,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    return done.returncode, done.stderr.decode(), json.loads((project / "report.json").read_bytes())


@pytest.fixture(scope="module")
def report(project: Path) -> Any:
    code, errors, report = check(project)
    assert (code, errors) == (1, "")
    return report


def test_every_verifier_ends(report: Any) -> None:
    ill = {"verifier-crashed", "verifier-timed-out"}
    assert [(f["contract"], f["message"]) for f in report["findings"] if f["evidence"] in ill] == []


def test_what_cannot_be_read_is_one_finding_and_nothing_else(report: Any) -> None:
    expected = {f"src/odd/{name}.py" for name in (*BROKEN, *NO_FILES)}
    found = [f for f in report["findings"] if f["evidence"] == "unreadable-file"]
    assert {f["location"]["path"] for f in found} == expected
    counts = Counter(f["location"]["path"] for f in report["findings"] if f["contract"] != "topology-naming")
    assert {path: count for path, count in counts.items() if path in expected and count != 1} == {}
    for finding in found:
        assert finding["location"]["line"] >= 1
        assert "cannot be analysed" not in finding["message"]


def test_the_other_files_are_decided(report: Any) -> None:
    found = {f["contract"] for f in report["findings"] if f["location"]["path"] == "src/odd/known.py"}
    assert found >= {"imports-only", "effects-forbid", "shape-signatures", "declarations-docstrings"}
    assert any(f["location"]["path"] == "src/odd/folder.py/inside.py" for f in report["findings"])


def test_a_second_run_says_the_same(project: Path, report: Any) -> None:
    code, errors, again = check(project)
    assert (code, errors) == (1, "")
    assert again == report


@pytest.mark.parametrize("by", ["nothing", "a pipe"])
def test_a_file_replaced_before_it_is_read(tmp_path: Path, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/all.yaml").write_bytes(CONTRACTS.read_bytes())
    (tmp_path / "src").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / f"src/{name}.py").write_text("x = 1\n")
    found = codebase.discover

    def then_changed(*given: Any) -> Any:
        files = found(*given)
        (tmp_path / "src/b.py").unlink()
        if by == "a pipe":
            os.mkfifo(tmp_path / "src/b.py")
        return files

    monkeypatch.setattr(codebase, "discover", then_changed)
    code_base = open_code_base(tmp_path, kinds=catalogue.KINDS)
    assert [(f.location.path, f.evidence) for f in code_base.files.findings] == [
        ("src/b.py", "unreadable-file")
    ]
    assert code_base.unreadable == {"b"}


def test_names_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/all.yaml").write_bytes(CONTRACTS.read_bytes())
    root = tmp_path / "src"
    root.mkdir()
    (root / "known.py").write_text(KNOWN)
    for name in (
        b"a\xff.py",
        b"a\\b.py",
        b"new\nline.py",
        b"esc\x1b[31m.py",
        b"\xe2\x80\xae.py",
        b"a b.py",
        b"<script>.py",
    ):
        Path(os.fsdecode(os.path.join(os.fsencode(root), name))).write_text("import fastapi\n")
    code, errors, report = check(tmp_path)
    assert (code, errors) == (1, "")
    assert sum(f["evidence"] == "unnameable-module" for f in report["findings"]) == 7
    unreadable = [f["location"]["path"] for f in report["findings"] if f["evidence"] == "unreadable-file"]
    assert unreadable == ["src/a\ufffd.py", "src/a\ufffdb.py"]
    assert all(
        "its name is not UTF-8" in f["message"]
        for f in report["findings"]
        if f["evidence"] == "unreadable-file"
    )


def test_contracts_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "contracts/all.yaml").write_bytes(CONTRACTS.read_bytes())
    os.mkfifo(tmp_path / "contracts/more.yaml")
    command = [Path(sys.executable).parent / "archwright", "check"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert b"contracts/more.yaml: cannot be read: not a regular file" in done.stderr


def test_enough_is_read_of_a_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"a" * (ENOUGH_BYTES + 5))
    assert len(read_regular(tmp_path / "large", ENOUGH_BYTES)) == ENOUGH_BYTES > MAX_BYTES
    assert len(read_regular(tmp_path / "large")) == ENOUGH_BYTES + 5


@pytest.mark.parametrize("path", [".", "/dev/null"])
def test_only_regular_files_are_read(path: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - which one, the platform decides
        read_regular(path)
