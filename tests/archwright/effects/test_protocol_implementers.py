"""Who implements a protocol without naming it: what type checkers say, on classes that only look alike."""

from __future__ import annotations

import textwrap

import pytest
from effect_projects import analysis_of

_PRELUDE = """
from typing import Any, AsyncIterator, Awaitable, Protocol, TypeVar, overload

class Event: ...
class LateEvent(Event): ...
class Order: ...
T = TypeVar("T")
"""


def _implements(protocol: str, candidate: str) -> bool:
    """Whether ``Candidate`` with method *candidate* implements ``Port`` with method *protocol*."""
    code = (
        _PRELUDE
        + f"class Port(Protocol):\n{textwrap.indent(textwrap.dedent(protocol), '    ')}\n"
        + f"class Candidate:\n{textwrap.indent(textwrap.dedent(candidate), '    ')}\n"
    )
    found = analysis_of({"app": code}).inference.protocols.implementers("app.Port")
    assert set(found) <= {"app.Candidate"}
    return bool(found)


@pytest.mark.parametrize(
    ("protocol", "candidate"),
    [
        ("def put(self, key): ...", "def put(self, key): ..."),
        ("def put(self, key): ...", "def put(self, key, *, ttl=None): ..."),
        ("def put(self, key): ...", "def put(self, key, ttl=None): ..."),
        ("def put(self, key): ...", "def put(self, *args, **kwargs): ..."),
        ("def put(self, key, /): ...", "def put(self, name): ..."),
        ("def put(self, __key): ...", "def put(self, name): ..."),
        ("def put(self, *args: Any, **kwargs: Any): ...", "def put(self, key): ..."),
        ("def put(self, *, key): ...", "def put(self, key): ..."),
        ("def put(self, event: LateEvent): ...", "def put(self, event: Event): ..."),
        ("def put(self, event: T): ...", "def put(self, event: Order): ..."),
        ("def put(self, event: Any): ...", "def put(self, event: Order): ..."),
        ("def put(self, size: float): ...", "def put(self, size: int): ..."),
        ("def put(self, key): ...", "@staticmethod\ndef put(key): ..."),
        ("async def put(self, key): ...", "def put(self, key) -> Awaitable[None]: ..."),
        ("def rows(self) -> AsyncIterator[int]: ...", "async def rows(self) -> AsyncIterator[int]: yield 1"),
        (
            "async def __call__(self, event: Event) -> None: ...",
            "async def __call__(self, event: Event): ...",
        ),
        ("@property\ndef name(self) -> str: ...", "@property\ndef name(self) -> str: ..."),
        (
            "def put(self, key: str): ...",
            "@overload\ndef put(self, key: int): ...\n@overload\ndef put(self, key: str): ...\ndef put(self, *a): ...",
        ),
    ],
)
def test_what_takes_all_the_protocol_takes_implements_it(protocol: str, candidate: str) -> None:
    assert _implements(protocol, candidate)


@pytest.mark.parametrize(
    ("protocol", "candidate"),
    [
        ("def put(self, key): ...", "def get(self, key): ..."),
        ("def put(self, key): ...", "def put(self): ..."),
        ("def put(self, key): ...", "def put(self, key, value): ..."),
        ("def put(self, key): ...", "def put(self, name): ..."),
        ("def put(self, key): ...", "def put(self, key, *, ttl): ..."),
        ("def put(self, key=None): ...", "def put(self, key): ..."),
        ("def put(self, *keys): ...", "def put(self, keys): ..."),
        ("def put(self, *, key): ...", "def put(self, *, name): ..."),
        ("def put(self, event: Event): ...", "def put(self, event: Order): ..."),
        ("def put(self, event: Event): ...", "def put(self, event: str): ..."),
        ("def put(self, event: bytes): ...", "def put(self, event: str): ..."),
        ("def put(self) -> Event: ...", "def put(self) -> Order: ..."),
        ("async def put(self, key): ...", "def put(self, key) -> None: ..."),
        ("def put(self, key) -> None: ...", "async def put(self, key) -> None: ..."),
        # Wrappers around any function: what they are called with has nothing to do with the protocol.
        ("async def __call__(self, event: Event) -> None: ...", "def __call__(self, *args, **kwargs): ..."),
        ("def __call__(self, event: Event) -> None: ...", "def __call__(self, function): ..."),
        ("def name(self) -> str: ...", "@property\ndef name(self) -> str: ..."),
        (
            "async def __call__(self, event: Event, depth: int = 0) -> None: ...",
            "@overload\ndef __call__(self, function): ...\n@overload\ndef __call__(self, *, name): ...\n"
            "def __call__(self, function=None, *, name=None): ...",
        ),
    ],
)
def test_what_only_has_the_name_does_not(protocol: str, candidate: str) -> None:
    assert not _implements(protocol, candidate)


def test_all_methods_count_and_those_of_protocols_below() -> None:
    code = """
        from typing import Protocol
        class Reads(Protocol):
            def read(self, key): ...
        class Store(Reads, Protocol):
            def write(self, key): ...
        class Half:
            def write(self, key): ...
        class Base:
            def read(self, key): ...
        class Whole(Base):
            def write(self, key): ...
        class Named(Store): ...
    """
    protocols = analysis_of({"app": code}).inference.protocols
    assert protocols.implementers("app.Store") == ("app.Whole",)
