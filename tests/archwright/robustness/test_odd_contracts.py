"""Contracts with odd values: each is either decided, in time and without a crash, or wrong at a line that is named."""

# ruff: noqa: E501 - programs as they are, a line each
from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import yaml
from benchmarks.every_kind import CONTRACTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.contracts.errors import ContractErrors
from archwright.gate.results import TIMED_OUT
from archwright.gate.run import run

CODE = {
    "odd/models.py": "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\nclass Base(DeclarativeBase): ...\n\n\n"
    "class Row(Base):\n    __tablename__ = 'test'\n    id: Mapped[int] = mapped_column(primary_key=True)\n",
    "odd/store.py": "import time\n\nfrom odd.models import Row\n\n\ndef get(session, now: int = 0):\n    session.add(Row(id=now))\n"
    "    return session.get(Row, time.time())\n\n\nclass Store:\n    name = True\n\n    def close(self): self.open('a').write({'b': 1})\n",
    "odd/__init__.py": "",
}
WRITTEN = yaml.safe_load(CONTRACTS.read_text())
PATTERNS = st.sampled_from(
    ["**", "*", "", ".", "..", "a.", "{x}", "{x}.{x}", "{}", "*a" * 60, "**.a." * 40 + "b", "**.*." * 60 + "**", "a" * 5_000,
     "odd.store.**", "{module}.store", "os", "<stdlib>", "<", "a b", "é.**", "-", "***", "[a-z]*", "(a+)+$", "\\", "${HOME}", "!!python/object:os.system"]
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 10**20)
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | PATTERNS
    | st.dates()
)
KEYS = st.sampled_from(
    ["module", "call", "class", "function", "any", "all", "not", "layer", "package", "table", "subclass_of", "completed", "x"]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
DEEP = st.builds(
    lambda key, depth: _nested(key, depth), st.sampled_from(["any", "all", "not"]), st.integers(5, 150)
)


def _nested(key: str, depth: int) -> dict[str, Any]:
    selector: dict[str, Any] = {"module": "**"}
    for _ in range(depth):
        selector = {key: [selector]}
    return selector


@st.composite
def documents(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """All contracts' topology with some contracts, of which a few values are replaced, taken out or new."""
    contracts = deepcopy(draw(st.lists(st.sampled_from(WRITTEN["contracts"]), min_size=1, max_size=3)))
    document: dict[str, Any] = {"topology": deepcopy(WRITTEN["topology"]), "contracts": contracts}
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(document))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        how = draw(st.sampled_from(["replace", "replace", "replace", "delete", "add"]))
        value = draw(VALUES | DEEP)
        if how == "replace":
            holder[key] = value
        elif how == "delete":
            del holder[key]
        elif isinstance(holder, dict):
            holder[draw(KEYS)] = value
    return document


def _places(node: Any) -> Any:
    """Every value of a document as its holder and its key."""
    pairs = (
        list(node.items())
        if isinstance(node, dict)
        else list(enumerate(node))
        if isinstance(node, list)
        else []
    )
    for key, value in pairs:
        yield node, key
        yield from _places(value)


def _raise(contract: object, error: Exception) -> None:
    raise AssertionError(f"{contract} crashed") from error


@given(documents())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_contracts_are_decided_or_wrong_at_a_line(
    tmp_path_factory: pytest.TempPathFactory, document: Any
) -> None:
    directory = tmp_path_factory.getbasetemp() / "odd_contracts"
    for name, text in CODE.items():
        path = directory / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    written = directory / "contracts/all.yaml"
    written.parent.mkdir(exist_ok=True)
    written.write_bytes(yaml.safe_dump(document, sort_keys=False, encoding="utf-8", allow_unicode=True))
    lines = written.read_bytes().count(b"\n") + 1
    errors: tuple[str, ...] = ()
    try:
        report = run(directory, jobs=1, seconds=30, on_crash=_raise)
    except ContractErrors as refused:
        errors = tuple(map(str, refused.errors)) or ("no error is named",)
    else:
        assert [f.message for f in report.findings if f.evidence == TIMED_OUT] == []
    for error in errors:
        if error.startswith("contracts: no file has "):
            continue
        where = re.match(r"contracts/all\.yaml:(\d+)(:\d+)?: ", error)
        assert where is not None, error
        assert 1 <= int(where[1]) <= lines
