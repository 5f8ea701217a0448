"""Following code comes to an end however the code is woven, and what only may be called does not take the place of what is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import analyse

from archwright.project.analysis import Analysis
from archwright.project.execution.roots import follow_root
from archwright.project.execution.trace import Trace
from archwright.project.execution.values import Ref
from archwright.project.queries.readings import readings

_FUNCTIONS = 8


def _hooks(count: int) -> str:
    """Functions of which each hands all others to something unknown, twice."""
    names = [f"hook{i}" for i in range(count)]
    return "import lib\n" + "".join(
        f"def {name}(x):\n    lib.later({', '.join(names)})\n    lib.again({', '.join(names)})\n    return x\n"
        for name in names
    )


def _traced(code: str) -> tuple[Analysis, Trace]:
    analysis = analyse(code)
    return analysis, follow_root(analysis.following.machine(), analysis.inference.index("m").scopes["f"])


def test_what_may_be_called_leaves_room_for_what_is() -> None:
    calls = (
        "def f(x):\n    lib.later(hook0)\n"
        + "    note(x)\n" * 3
        + "def note(x):\n    x.execute('SELECT 1')\n"
    )
    _, trace = _traced(_hooks(_FUNCTIONS) + calls)
    assert trace.exhausted  # what the hooks come to is not all known, and that is said
    assert len([run for run in trace.runs if not run.chain.guessed]) == 3


def test_what_may_be_called_is_followed() -> None:
    _, trace = _traced(_hooks(1) + "def f(x):\n    lib.later(hook0)\n")
    assert not trace.exhausted
    assert trace.visited[("m", "hook0")].guessed


def test_hooks_that_a_module_hands_out_are_not_part_of_importing_it() -> None:
    code = "import lib\nSEEN = []\n@lib.route('/')\ndef route(x):\n    SEEN.append(x)\nlib.later(route)\n"
    analysis, trace = _traced(code + "def f(x):\n    return SEEN\n")
    (seen,) = trace.returned
    made = trace.heap[seen.loc] if isinstance(seen, Ref) else None
    assert made is not None
    assert made.exact
    assert not made.entries
    assert not analysis.following.machine().exhausted


@settings(max_examples=20, deadline=None)
@given(st.integers(8, 14), st.sampled_from(["where", "filter", "having"]))
def test_a_statement_that_is_built_in_many_ways_is_read_once(steps: int, method: str) -> None:
    code = (
        "from sqlalchemy import select\n"
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n"
        "class Base(DeclarativeBase): ...\n"
        "class Row(Base):\n    __tablename__ = 'rows'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "def f(session, a):\n    q = select(Row.id)\n"
        + "".join(
            f"    if a.k{i}: q = select(Row.id).{method}(Row.id.in_(q), Row.id.not_in(q))\n"
            for i in range(steps)
        )
        + "    return session.execute(q).all()\n"
    )
    analysis, trace = _traced(code)
    (run,) = trace.runs
    found = readings(run, analysis.storage.models("postgresql"))
    assert found
    assert all(reading.level is not None and reading.level.tables == ("rows",) for reading in found)
