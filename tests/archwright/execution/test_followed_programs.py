"""What Python does is among what following code says, on random programs, with paths kept apart and joined."""

from __future__ import annotations

import pytest
from followed_programs import blocks, covers, ends, program, run
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from archwright.facts.store import FactStore
from archwright.project.execution.values import Literal


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FactStore:
    return FactStore(tmp_path_factory.mktemp("facts"))


@pytest.mark.parametrize("joined", [False, True], ids=["apart", "joined"])
@given(lines=blocks(), argument=st.sampled_from([0, 1, 3, "a", None]))
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_python_does_is_among_what_is_said(
    store: FactStore, joined: bool, lines: list[str], argument: object
) -> None:
    code = program(lines)
    try:
        real = run(code, argument)
    except (KeyError, TypeError, IndexError, RuntimeError, AttributeError, ValueError):
        assume(False)
    machine, found = ends(code, store, joined=joined)
    assert any(covers(machine, value, state, real) for value, state in found), (
        f"{lines} of {argument!r}: {real}"
    )


@pytest.mark.parametrize(
    ("lines", "argument"),
    [
        (["n = d.pop('a', None) or 'b'"], None),
        (["n = x and d.pop('a', 0)"], "a"),
        (["d.popitem() if d else None"], 3),
        (["l.append(1)", "l.pop() if l else None", "n = len(l)"], 3),
        (["l += ['a', 'b']", "n = [v for v in l if v != x][0]"], "a"),
        (["l += ['a', 'b']", "n = l[1:]"], None),
        (["n = sorted(['b', 'a'])[0]"], None),
        (["n = list(enumerate(['a'], 1))"], None),
        (["d.pop('a' if x else 'q', None)", "n = pick(1, **d)"], 1),
        (["while len(t) < 3:", "    t.append(n)"], 0),
        (["for k in range(x):", "    s += 'a'"], 3),
        (["with suppress(KeyError):", "    n = d['c']"], 0),
        (["try:", "    n = 1", "    n = d['q']", "except KeyError:", "    s = 's'"], 0),
        (["n = 'z'", "def inner(p=n):", "    d['a'] = p", "n = 'y'", "inner()"], 0),
        (["d.update([('b', x)])"], 0),
        (["if d.get('c', 1):", "    n = 'c' in d"], 0),
        (["e = {'a': 1, **(x or {})}"], {"a": 9}),
        (["d.update(x)"], {"a": 9}),
        (["d[x] = 9"], "a"),
        (["def inner():", "    nonlocal n", "    n = 'z'", "inner()"], 0),
        (["n = Finished('k').kind"], 0),
        (["n = [Finished(v).kind for v in ('k', 'l')]"], 0),
        (["n = [*('a', 'b')][-1]", "first, *l = ('a', 'b', 'c')"], 0),
    ],
)
@pytest.mark.parametrize("joined", [False, True], ids=["apart", "joined"])
def test_what_was_once_wrong(store: FactStore, joined: bool, lines: list[str], argument: object) -> None:
    code = program(lines)
    machine, found = ends(code, store, joined=joined)
    real = run(code, argument)
    assert any(covers(machine, value, state, real) for value, state in found), real
    wrong = {**real, "d": {"never": 1}}
    assert not any(covers(machine, value, state, wrong) for value, state in found), "anything is covered"


@pytest.mark.parametrize(
    "test", ["sys.platform == 'linux'", "os.name == 'posix'", "os.environ", "errno.EPERM == 1"]
)
def test_constants_of_other_packages_decide_nothing(store: FactStore, test: str) -> None:
    code = f"import errno\nimport os\nimport sys\n\n\ndef f(x):\n    if {test}:\n        return 1\n    return 2\n"
    machine, found = ends(code, store)
    assert {1, 2} == {one.value for value, _ in found for one in value if isinstance(one, Literal)}
    assert machine.seen == set()
