"""``python -m benchmarks.bench [TREE]``: archwright, a bare libcst parse and import-linter, side by side in one run.

TREE is a package's directory; by default the largest pure-Python package that comes with the development tools. It is copied,
gets import rules that hold for it, and is checked by commands run as users run them. See README.md for how to read the table.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.machine import conditions, is_busy, usable_cores
from benchmarks.measure import Measurement, Scenario, measure
from benchmarks.rules import Rules, make_rules, write_contracts, write_importlinter

DEFAULT_PACKAGE = "sqlalchemy"
DEFAULT_RUNS = 5
_HEAD = ("", "", "median s", "fastest s", "cpu s", "peak MB", "wall/parse", "cpu/parse")


class Tree(msgspec.Struct, frozen=True):
    """The code that is measured: a copy, so that it can be edited."""

    project: Path
    package: str
    files: int
    lines: int
    edited: Path
    """The file that *one edit* changes."""

    @property
    def root(self) -> Path:
        """What the package is importable from."""
        return self.project / "src"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table. Exit code 2: nothing that can be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument(
        "tree", nargs="?", metavar="TREE", help=f"a package's directory; default: {DEFAULT_PACKAGE}"
    )
    parser.add_argument(
        "--runs", type=int, default=DEFAULT_RUNS, help="runs of each line; default: %(default)s"
    )
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    try:
        source = _package_directory(options.tree)
    except ValueError as error:
        parser.error(str(error))
    with tempfile.TemporaryDirectory(prefix="archwright-bench-") as directory:
        tree = _copy(source, Path(directory))
        sys.path.insert(0, str(tree.root))  # for grimp, which finds packages like an import does
        try:
            rules = make_rules(tree.root, tree.package)
        except ValueError as error:
            parser.error(str(error))
        finally:
            sys.path.remove(str(tree.root))
        rules = _agreed(tree, rules)
        write_importlinter(rules, tree.project)
        processes = usable_cores()
        print("\n".join(_conditions(tree, rules, processes, options.runs)), flush=True)
        results = measure(_scenarios(tree, processes), options.runs)
        agreement = _agreement(tree, rules)
    print()
    print("\n".join(table(results)))
    print()
    print(agreement)
    return 0


def table(results: Sequence[Measurement]) -> Iterator[str]:
    """The measurements, aligned; the last columns compare with the bare parse."""
    limit = next(r for r in results if r.scenario.tool == PARSE)
    rows = [_HEAD]
    rows += [
        (
            r.scenario.tool,
            r.scenario.state,
            f"{r.median:.3f}",
            f"{r.fastest:.3f}",
            f"{r.cpu:.2f}",
            f"{r.peak_bytes / 1e6:.0f}",
            f"{r.median / limit.median:.2f}x",
            f"{r.cpu / limit.cpu:.2f}x" if limit.cpu else "-",
        )
        for r in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        left = [f"{cell:<{width}}" for cell, width in zip(row[:2], widths[:2], strict=True)]
        right = [f"{cell:>{width}}" for cell, width in zip(row[2:], widths[2:], strict=True)]
        yield "  ".join([*left, *right])


# --- the tree ---------------------------------------------------------------------------------------------------


def _package_directory(given: str | None) -> Path:
    if given is None:
        spec = find_spec(DEFAULT_PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise ValueError(f"{DEFAULT_PACKAGE} is not installed; name the directory of a package")
        return Path(spec.submodule_search_locations[0])
    path = Path(given).resolve()
    if not path.is_dir():
        raise ValueError(f"{given} is not a directory; name the directory of a package")
    if not (path / "__init__.py").exists():
        inside = sorted(child.name for child in path.iterdir() if (child / "__init__.py").exists())
        hint = f"name one of: {', '.join(inside)}" if inside else "name the directory of a package"
        raise ValueError(f"{given} is no package (it has no __init__.py); {hint}")
    return path


def _copy(source: Path, project: Path) -> Tree:
    target = project / "src" / source.name
    lines = 0
    sizes: list[tuple[int, Path]] = []
    for base, directories, names in os.walk(source):
        directories[:] = sorted(d for d in directories if d != "__pycache__" and not d.startswith("."))
        for name in names:
            if name.endswith(".py"):
                copy = target / Path(base).relative_to(source) / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(base) / name, copy)
                data = copy.read_bytes()
                lines += data.count(b"\n")
                sizes.append((len(data), copy))
    sizes.sort()
    edited = sizes[len(sizes) * 9 // 10][1]  # people edit the larger files
    return Tree(project, source.name, len(sizes), lines, edited)


# --- what is run ------------------------------------------------------------------------------------------------

ARCHWRIGHT = "archwright check"
PARSE = "bare libcst parse"
LINTER = "lint-imports"
CACHE = ".archwright_cache"
LINTER_CACHE = ".import_linter_cache"


def _scenarios(tree: Tree, processes: int) -> list[Scenario]:
    cache, linter_cache = tree.project / CACHE, tree.project / LINTER_CACHE
    check = [_script("archwright"), "check"]
    lint = _lint_command(tree, linter_cache)
    parse = [sys.executable, str(Path(__file__).with_name("parse_limit.py")), str(tree.root), str(processes)]
    edits = 0

    def empty(directory: Path) -> None:
        shutil.rmtree(directory, ignore_errors=True)

    def edit() -> None:
        nonlocal edits
        edits += 1
        with tree.edited.open("ab") as file:
            file.write(b"\n\ndef measured_edit_%d(value):\n    return value + %d\n" % (edits, edits))

    def nothing() -> None:
        return None

    # The order matters: a cold run fills the cache that the warm run finds and the edit makes incomplete.
    return [
        Scenario(ARCHWRIGHT, "cold", check, tree.project, lambda: empty(cache)),
        Scenario(ARCHWRIGHT, "warm", check, tree.project, nothing),
        Scenario(ARCHWRIGHT, "one edit", check, tree.project, edit),
        Scenario(PARSE, "", parse, tree.project, nothing),
        Scenario(LINTER, "cold", lint, tree.root, lambda: empty(linter_cache)),
        Scenario(LINTER, "warm", lint, tree.root, nothing),
        Scenario(LINTER, "one edit", lint, tree.root, edit),
    ]


def _lint_command(tree: Tree, cache: Path) -> list[str]:
    config = str(tree.project / ".importlinter")
    return [_script("lint-imports"), "--config", config, "--cache-dir", str(cache)]


def _script(name: str) -> str:
    """The command as installed beside this interpreter."""
    script = Path(sys.executable).parent / name
    return str(script) if script.exists() else name


def _agreed(tree: Tree, rules: Rules) -> Rules:
    """Writes the contracts, without the rules that archwright alone sees broken: a broken rule costs its report.

    It follows dynamic imports, attributes and re-exports, which grimp's graph does not hold.
    """
    write_contracts(rules, tree.project)
    findings = [
        f for f in _check_json(tree)["findings"] if f["verdict"] == "FAIL" and f["contract"] != "parse"
    ]
    if findings:
        rules = rules.without((f["contract"], f["symbols"][-1]) for f in findings)
        write_contracts(rules, tree.project)
    shutil.rmtree(tree.project / CACHE)
    return rules


def _agreement(tree: Tree, rules: Rules) -> str:
    """Whether both tools came to the same verdict on every rule; what it takes to compare their times at all."""
    report = _check_json(tree)
    contracts = [c for c in report["contracts"] if c["id"] != "parse"]
    ours = {c["id"]: "BROKEN" if c["verdict"] == "FAIL" else "KEPT" for c in contracts}
    lint = [*_lint_command(tree, tree.project / LINTER_CACHE), "--no-logo"]
    environment = {**os.environ, "COLUMNS": "120"}
    done = subprocess.run(lint, cwd=tree.root, capture_output=True, text=True, check=False, env=environment)
    theirs = dict(re.findall(r"^(\S+)\s+(KEPT|BROKEN)", done.stdout, re.MULTILINE))
    if theirs.keys() != ours.keys():
        raise RuntimeError(
            f"import-linter decided {sorted(theirs)}, archwright {sorted(ours)}\n{done.stdout}"
        )
    same = sum(ours[name] == theirs[name] for name in ours)
    sites, decided = sum(c["sites"] for c in contracts), sum(c["decided"] for c in contracts)
    lines = [
        f"verdicts  the same on {same} of {rules.count} rules; archwright decided {decided} of {sites} sites"
    ]
    lines += [
        f"          {n}: archwright {ours[n]}, import-linter {theirs[n]}"
        for n in ours
        if ours[n] != theirs[n]
    ]
    return "\n".join(lines)


def _check_json(tree: Tree) -> Any:
    command = [_script("archwright"), "check", "--format", "json"]
    done = subprocess.run(command, cwd=tree.project, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"archwright check: exit code {done.returncode}\n{done.stderr.decode()}")
    return msgspec.json.decode(done.stdout)


# --- under which conditions -------------------------------------------------------------------------------------


def _conditions(tree: Tree, rules: Rules, processes: int, runs: int) -> Iterator[str]:
    yield f"tree      {tree.package}: {tree.files} files, {tree.lines:,} lines"
    yield f"rules     {rules.count} for each tool: {_shapes(rules)}"
    yield from conditions("archwright", "libcst", "import-linter", "grimp")
    yield f"measured  wall time, median of {runs}, all lines in turn; cpu: all processes, median"
    yield "memory    highest sum over the process tree in one more run, sampled"
    if is_busy():
        yield "warning   the machine is busy with other work: wall times are not comparable, cpu times are"
    yield f"one edit  a function is added to {tree.edited.relative_to(tree.root).as_posix()}"


def _shapes(rules: Rules) -> str:
    direct = sum(not rule.transitive for rule in rules.forbidden)
    shapes = [(direct, "forbidden"), (len(rules.forbidden) - direct, "unreachable")]
    shapes += [(int(len(rules.layers) > 1), f"layers ({len(rules.layers)})")]
    return ", ".join(f"{count} {name}" for count, name in shapes if count)


if __name__ == "__main__":
    sys.exit(main())
