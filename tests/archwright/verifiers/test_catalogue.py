"""The catalogue of kinds: complete, and no more of it loaded than somebody asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import archwright.verifiers
from archwright.contracts.language import Contract
from archwright.verifiers.catalogue import KINDS, check

ASKED = """
import sys
from archwright.verifiers.catalogue import KINDS
assert "reads" in KINDS and len(list(KINDS)) == len(KINDS) > 5
KINDS["{kind}"]
print(*sorted(set(m.split(".")[2] for m in sys.modules if m.startswith("archwright.verifiers."))))
"""


@pytest.mark.parametrize(
    ("kind", "others"),
    [("imports", {"reads", "shape", "storage"}), ("reads", {"imports", "topology"})],
)
def test_a_kind_loads_no_other(kind: str, others: set[str]) -> None:
    code = ASKED.format(kind=kind)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert kind in loaded
    assert loaded.isdisjoint(others)


def test_every_contract_of_a_verifier_is_of_a_kind() -> None:
    """A structure that no kind names is a rule nobody can write."""
    known = {structure for kind in KINDS for structure, _ in KINDS.rules(kind).values()}
    home = Path(archwright.verifiers.__path__[0])
    defined = {
        structure
        for structure in _below(Contract)
        if structure.__module__.startswith("archwright.verifiers.") and not structure.__subclasses__()
    }
    assert len(list(home.rglob("*.py"))) > 30
    assert defined == known
    assert len(known) == sum(len(KINDS.rules(kind)) for kind in KINDS), "two rules with one structure"


def test_a_contract_of_no_kind_is_refused() -> None:
    class Odd(Contract, frozen=True, kw_only=True):
        pass

    for kind in ("odd", "imports"):
        with pytest.raises(KeyError):
            check(Odd(id="x", kind=kind, why="", fix=""), None)  # type: ignore[arg-type]  # not looked at


def _below(cls: type) -> set[type]:
    return {one for below in cls.__subclasses__() for one in (below, *_below(below))}
