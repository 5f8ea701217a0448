"""``python -m benchmarks.every_kind [TREE]``: contracts of all kinds, meant of all code of a tree, one command for all of them.

TREE is a directory that modules are imported from; by default the one of the standard library. What is installed into it is left
out. Each contract's time and sites are printed, then what ``archwright check`` takes as a process, and how much memory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from benchmarks.measure import peak_bytes

from archwright.contracts.contract import Contract
from archwright.gate.codebase import open_code_base
from archwright.gate.results import CRASHED, TIMED_OUT
from archwright.gate.run import decide
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.verifiers import catalogue

CONTRACTS = Path(__file__).with_name("every_kind.yaml")
DEFAULT_SECONDS = 300.0
_LEFT_OUT = frozenset({"site-packages", "dist-packages", "__pycache__"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Judges the tree and prints the table. Exit code 1 when a verifier crashed or did not end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.every_kind", description=__doc__)
    parser.add_argument(
        "tree", nargs="?", type=Path, default=Path(sysconfig.get_path("stdlib")), metavar="TREE"
    )
    parser.add_argument("--only", action="append", help="ids of contracts, or kinds; default: all")
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS, help="for one contract")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is not a directory; name one that modules are imported from")
    with tempfile.TemporaryDirectory(prefix="archwright-every-kind-") as directory:
        project = Path(directory)
        copy_tree(options.tree, project)
        bad = _each(project, options.only, options.seconds)
        if not options.only:
            _whole(project, options.seconds)
    return int(bad)


def copy_tree(tree: Path, project: Path) -> int:
    """Copies the Python files of *tree* to the root of a new project with the contracts; how many there are."""
    (project / "contracts").mkdir(parents=True)
    shutil.copyfile(CONTRACTS, project / "contracts" / CONTRACTS.name)
    files = list(python_files(tree))
    for path in files:
        target = project / "src" / path.relative_to(tree)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return len(files)


def python_files(tree: Path) -> Iterator[Path]:
    """The Python files below *tree*, without what is installed there."""
    for directory, below, names in os.walk(tree):
        below[:] = sorted(name for name in below if name not in _LEFT_OUT)
        yield from (Path(directory, name) for name in sorted(names) if name.endswith(".py"))


def _each(project: Path, only: Sequence[str] | None, seconds: float) -> bool:
    started = time.perf_counter()
    code_base = open_code_base(project, kinds=catalogue.KINDS, cache_dir=project / ".cache")
    print(f"{code_base.files.sites} files read in {time.perf_counter() - started:.1f} s", end=", ")
    print(f"{len(code_base.unreadable)} of them unreadable")
    print(f"{'contract':<28}{'cpu s':>8}{'sites':>9}{'passed':>9}{'findings':>10}", flush=True)
    wanted = {
        contract.id
        for contract in code_base.contracts.contracts
        if not only or contract.id in only or contract.kind in only
    }
    bad = False

    def timed(contract: Contract, analysis: Analysis) -> CheckResult:
        used = time.process_time()
        try:
            return catalogue.check(contract, analysis)
        finally:
            print(f"{contract.id:<28}{time.process_time() - used:8.1f}", end="", flush=True)

    for contract in code_base.contracts.contracts:
        if contract.id not in wanted:
            continue
        ((_, result),) = decide(code_base, only={contract.id}, seconds=seconds, check=timed)
        ill = {f.evidence for f in result.findings} & {CRASHED, TIMED_OUT}
        bad = bad or bool(ill)
        if TIMED_OUT in ill:  # what was interrupted may be half made
            code_base = msgspec.structs.replace(code_base, analysis=Analysis(code_base.analysis.project))
        counts = f"{result.sites:9}{result.passed:9}{len(result.findings):10}"
        print(f"{counts}  {' '.join(sorted(ill))}", flush=True)
    return bad


def _whole(project: Path, seconds: float) -> None:
    command = [str(Path(sys.executable).parent / "archwright"), "check", "--quiet", "--timeout", str(seconds)]
    started = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen([*command, "--no-cache"], cwd=project, stdout=nowhere)
        peak = peak_bytes(process)
    taken = time.perf_counter() - started
    print(f"archwright check: exit code {process.returncode}, {taken:.1f} s, at most {peak / 1e6:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
