"""Emitted events as they are read, against the events that really come out when the same code runs."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import analyse

from archwright.contracts.language import Selector, SymbolPattern
from archwright.project.operations.events import Emission, EmissionReader, VagueEmission

PRELUDE = """\
from functools import partial
from typing import Any

EMITTED = []
EXTRA = {"note": "x"}


def emit(payload: dict) -> None:
    EMITTED.append(dict(payload))


def send(payload: dict) -> None:
    emit(payload)


def add(event, key):
    event[key] = 1
    return event


def without(event, name):
    return {k: v for k, v in event.items() if k != name}


"""
_KEYS = st.sampled_from(["order", "total", "note"])
_STEPS = st.one_of(
    st.builds('event["{0}"] = x'.format, _KEYS),
    st.builds("event.update({0}=x)".format, _KEYS),
    st.builds('event.update({{"{0}": 1}})'.format, _KEYS),
    st.builds('event = {{**event, "{0}": x}}'.format, _KEYS),
    st.builds('event = event | {{"{0}": 2}}'.format, _KEYS),
    st.builds("event = dict(event, {0}=x)".format, _KEYS),
    st.builds('event.pop("{0}", None)'.format, _KEYS),
    st.builds('event.setdefault("{0}", x)'.format, _KEYS),
    st.builds('event = add(event, "{0}")'.format, _KEYS),
    st.builds('event = without(event, "{0}")'.format, _KEYS),
    st.just("event |= EXTRA"),
    st.just('event["event_type"] = "orders." + "Lost"'),
)
_CONDITIONAL = st.one_of(_STEPS, st.builds("if x:\n    {0}".format, _STEPS))
_ENDS = st.sampled_from(
    ["emit(event)", "emit(payload=event)", "send(event)", "put = emit\nput(event)", "partial(emit, event)()"]
)


def program(steps: list[str], end: str) -> str:
    """A function that builds an event step by step and emits it."""
    lines = ['event = {"event_type": "orders.Placed"}', *steps, end]
    return PRELUDE + "def run(x):\n" + indent("\n".join(lines), "    ") + "\n"


def emitted(code: str, argument: object) -> dict[str, Any]:
    """The one event that really comes out."""
    names: dict[str, Any] = {}
    exec(code, names)
    names["run"](argument)
    (event,) = names["EMITTED"]
    return dict(event)


def read(code: str, *calls: str) -> tuple[list[Emission], list[VagueEmission]]:
    """What the reader says."""
    analysis = analyse(code)
    selector = Selector(call=tuple(map(SymbolPattern, calls or ("m.emit",))))
    return EmissionReader(analysis.calls, analysis.machine).read(selector, "payload", "event_type")


def fits(one: Emission, event: dict[str, Any]) -> bool:
    """Whether an event may be what an emission describes."""
    sure = {key for key, entry in one.entries.items() if entry.sure}
    return (
        event["event_type"] in one.types
        and sure <= set(event)
        and (set(event) <= set(one.entries) or bool(one.open))
    )


@given(st.lists(_CONDITIONAL, max_size=5), _ENDS, st.booleans())
@settings(max_examples=80, deadline=None)
def test_what_is_emitted_is_among_what_is_read(steps: list[str], end: str, argument: bool) -> None:
    code = program(steps, end)
    found, vague = read(code)
    assert not vague
    assert any(fits(one, emitted(code, argument)) for one in found), (code, found)


@given(st.lists(_STEPS, max_size=5), _ENDS)
@settings(max_examples=60, deadline=None)
def test_without_conditions_nothing_else_is_read(steps: list[str], end: str) -> None:
    code = program(steps, end)
    found, vague = read(code)
    (one,) = (one for one in found if one.root.qualname == "run")
    event = emitted(code, 1)
    assert not vague
    assert not one.open
    assert (one.types, set(one.entries)) == ((event["event_type"],), set(event)), code


@pytest.mark.parametrize(
    ("body", "types"),
    [
        ('def run(kind):\n    emit({"event_type": kind})', [()]),
        (
            'def run(kind):\n    emit({"event_type": kind})\n\n\ndef a():\n    run("A")\n\n\ndef b():\n    run("B")',
            [("A",), ("B",)],
        ),
        ('def run(x):\n    emit({"event_type": "A" if x else "B"})', [("A", "B")]),
        ('def run():\n    for kind in ("A", "B"):\n        emit({"event_type": kind})', [("A",), ("B",)]),
        ("def run(event: Any):\n    emit(event)", [()]),
        ("def run():\n    emit(load())", [()]),
    ],
)
def test_types(body: str, types: list[tuple[str, ...]]) -> None:
    found, _ = read(f"{PRELUDE}{body}\n")
    assert sorted(one.types for one in found if one.scope.qualname == "run") == types


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("def run(bus):\n    bus.subscribe(emit)", "handed-on"),
        ('def run(box):\n    box.emit({"event_type": "A"})', "unknown-receiver"),
        ('def run():\n    return\n    emit({"event_type": "A"})', "unreached"),
    ],
)
def test_what_cannot_be_told_is_said(body: str, what: str) -> None:
    _, vague = read(f"class Box:\n    def emit(self, payload): ...\n\n\n{PRELUDE}{body}\n", "m.**.emit")
    assert what in {one.what for one in vague if one.scope.qualname == "run"}


def test_a_sink_built_on_another_is_one_sink() -> None:
    found, vague = read(PRELUDE + 'def run():\n    send({"event_type": "A"})\n', "m.emit", "m.send")
    assert not vague
    assert {(one.types, one.scope.qualname) for one in found} == {(("A",), "run")}
