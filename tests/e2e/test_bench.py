"""The benchmark runs and prints its table. How long anything takes is no matter of tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LINES = [
    ("archwright check", "cold"),
    ("archwright check", "warm"),
    ("archwright check", "one edit"),
    ("bare libcst parse", ""),
    ("lint-imports", "cold"),
    ("lint-imports", "warm"),
    ("lint-imports", "one edit"),
]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_table_of_a_tiny_tree(tmp_path: Path) -> None:
    package = tmp_path / "tinytree"
    modules = {
        "__init__": "",
        "top": "from tinytree import middle\n",
        "middle": "from tinytree.low import VALUE\n",
        "low": "VALUE = 1\n",
    }
    package.mkdir()
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
    done = bench(str(package), "--runs", "1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    facts = dict(line.split(None, 1) for line in lines[: lines.index("")])
    assert facts["tree"].startswith("tinytree: 4 files, 3 lines")
    assert "Python" in facts["software"]
    start = lines.index("") + 1
    head, rows = lines[start], lines[start + 1 : start + 1 + len(LINES)]
    assert head.split("  ")[-1] == "cpu/parse"
    assert len({len(line) for line in [head, *rows]}) == 1, "columns are not aligned"
    for (tool, state), row in zip(LINES, rows, strict=True):
        assert row.startswith(tool)
        assert row[len("bare libcst parse") :].strip().startswith(state)
        middle, fastest, cpu, peak, wall_factor, cpu_factor = row.split()[-6:]
        assert 0 < float(fastest) <= float(middle) < 60
        assert float(cpu) >= 0
        assert int(peak) > 0
        assert wall_factor.endswith("x")
        assert cpu_factor.endswith("x")
    assert rows[3].split()[-2:] == ["1.00x", "1.00x"]
    assert any(line.startswith("verdicts  the same on ") for line in lines[start + len(LINES) :])
    assert sorted(package.rglob("*.py")) == sorted(package / f"{name}.py" for name in modules), (
        "the tree was touched"
    )


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "__init__.py").touch()
    done = bench(str(tmp_path))
    assert done.returncode == 2
    assert "is no package (it has no __init__.py); name one of: inside" in done.stderr
