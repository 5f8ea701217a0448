"""Parameters without an annotation are what all callers of a private function give them, if they all give the same."""

from __future__ import annotations

import pytest
from effect_projects import analysis_of, reached_from

SESSION = "from sqlalchemy.orm import Session\n"
GIVEN = {
    "a private function": "def _end(s): s.commit()\ndef f(s: Session): _end(s)",
    "by keyword": "def _end(*, s): s.commit()\ndef f(s: Session): _end(s=s)",
    "through two functions": ("def _far(s): s.commit()\ndef _near(s): _far(s)\ndef f(s: Session): _near(s)"),
    "a private method": (
        "class C:\n    def _end(self, s): s.commit()\n    def f(self, s: Session): self._end(s)"
    ),
    "a nested function": "def f(s: Session):\n    def end(it): it.commit()\n    end(s)",
    "none or a session": "def _end(s=None): s.commit()\ndef f(s: Session):\n    _end()\n    _end(s)",
    "a function of itself": (
        "def _end(s, n):\n    s.commit()\n    _end(s, n - 1)\ndef f(s: Session): _end(s, 3)"
    ),
    "a manager made by a function": (
        "from contextlib import contextmanager\nfrom sqlalchemy.orm import sessionmaker\n"
        "def _maker(SessionMaker, db_type):\n"
        "    @contextmanager\n    def make():\n        with SessionMaker() as session: yield session\n    return make\n"
        "class Store:\n"
        "    def __init__(self, engine): self.Make = _maker(sessionmaker(bind=engine), 'x')\n"
        "    def f(self):\n        with self.Make() as s: s.commit()"
    ),
    "one of two managers": (
        "from contextlib import contextmanager\nfrom sqlalchemy.orm import sessionmaker\n"
        "def _maker(SessionMaker):\n"
        "    @contextmanager\n    def make():\n        with SessionMaker() as session: yield session\n    return make\n"
        "def _both(one, two):\n    reading, writing = _maker(one), _maker(two)\n"
        "    a = _maker(one)\n    b = _maker(two)\n"
        "    @contextmanager\n    def make(r=True):\n        with (a if r else b)() as session: yield session\n    return make\n"
        "class Store:\n"
        "    def __init__(self, engine):\n        self.Make = _both(sessionmaker(engine), sessionmaker(engine))\n"
        "    def f(self):\n        with self.Make() as s: s.commit()"
    ),
}
OPEN = {
    "a public function": "def end(s): s.commit()\ndef f(s: Session): end(s)",
    "handed on": "def _end(s): s.commit()\ndef f(s: Session, run):\n    _end(s)\n    run(_end)",
    "returned": "def f(s: Session):\n    def end(it): it.commit()\n    end(s)\n    return end",
    "under a decorator": "def given(g): return g\n@given\ndef _end(s): s.commit()\ndef f(s: Session): _end(s)",
    "called in a lambda": "def _end(s): s.commit()\ndef f(s: Session):\n    _end(s)\n    return lambda it: _end(it)",
    "named in a text": "def _end(s): s.commit()\ndef f(s: Session, m):\n    _end(s)\n    getattr(m, '_end')(3)",
    "spread": "def _end(s): s.commit()\ndef f(s: Session, *more):\n    _end(s)\n    _end(*more)",
    "called on something unknown": (
        "class C:\n    def _end(self, s): s.commit()\n    def f(self, s: Session, other):\n"
        "        self._end(s)\n        other._end(3)"
    ),
    "another one gives something unknown": (
        "def _end(s): s.commit()\ndef f(s: Session, x):\n    _end(s)\n    _end(x)"
    ),
}


@pytest.mark.parametrize("way", GIVEN)
def test_known(way: str) -> None:
    assert reached_from({"app": SESSION + GIVEN[way]}) == ["db.transaction.commit"]


@pytest.mark.parametrize("way", OPEN)
def test_open(way: str) -> None:
    assert "db.transaction.commit?" in _own(SESSION + OPEN[way])


def test_nobody_calls_it() -> None:
    assert reached_from({"app": "def _f(s): s.commit()"}, "_f") == ["db.transaction.commit?"]


def test_only_itself_calls_it() -> None:
    assert reached_from({"app": "def _f(s):\n    s.commit()\n    _f(s)"}, "_f") == ["db.transaction.commit?"]


@pytest.mark.parametrize(
    ("other", "commits"),
    [
        ("from app import _end\ndef g(): _end(None)", ["db.transaction.commit"]),
        ("import app\ndef g(x): app._end(x)", ["db.transaction.commit?"]),
        ("import app, io\ndef g(): app._end(io.StringIO())", ["db.transaction.commit?"]),
        ("from app import _end as stop\ndef g(x): stop(x)", ["db.transaction.commit?"]),
        ("class C:\n    def _end(self, x): ...\ndef g(c: C, x): c._end(x)", ["db.transaction.commit"]),
    ],
)
def test_callers_in_other_modules(other: str, commits: list[str]) -> None:
    code = SESSION + "def _end(s): s.commit()\ndef f(s: Session): _end(s)"
    assert _own(code, other) == commits


def _own(code: str, other: str = "") -> list[str]:
    """The effects of whatever is called ``_end`` or ``end``."""
    analysis = analysis_of({"app": code, "other": other})
    name = next(n for n in analysis.inference.index("app").scopes if n.rpartition(".")[2] in ("_end", "end"))
    sites = analysis.effects.of(("app", name)).sites
    return [str(site.effects[0]) + ("" if site.certain else "?") for site in sites]
