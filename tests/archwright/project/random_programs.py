"""Small random functions, and two independent answers to what state each ``sink()`` in them can be reached in.

``collect`` runs a function over sets of states, following the structure of the program; it has no graph, no edges and no
bound, so it shares neither ideas nor mistakes with the analysis it is compared with. ``observe`` compiles the same function
with CPython and drives it down every path up to a number of choices; it keeps ``collect`` honest.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

VARIABLES = ("a", "b", "c")
ARGUMENTS = tuple(itertools.product((False, True), repeat=len(VARIABLES)))
RAISED = ("ValueError", "KeyError", "IndexError", "RuntimeError")
"""What a call may raise; ``except Exception`` catches all of it."""
OPEN = "?"
"""An exception of which nothing is known but that it is an ``Exception``."""
_CAUGHT = ("ValueError", "KeyError", "LookupError", "Exception", "", "(ValueError, KeyError)")
_SUPPRESSED = ("suppress(ValueError)", "suppress(Exception)", "suppress(KeyError, ValueError)")
_CLASSES: dict[str, tuple[type[BaseException], ...]] = {
    "ValueError": (ValueError,),
    "KeyError": (KeyError,),
    "LookupError": (LookupError,),
    "Exception": (Exception,),
    "": (BaseException,),
    "(ValueError, KeyError)": (ValueError, KeyError),
    "suppress(ValueError)": (ValueError,),
    "suppress(Exception)": (Exception,),
    "suppress(KeyError, ValueError)": (KeyError, ValueError),
    "lock()": (),
}
_BY_NAME: dict[str, type[BaseException]] = {
    "ValueError": ValueError,
    "KeyError": KeyError,
    "IndexError": IndexError,
    "RuntimeError": RuntimeError,
}

Statement = tuple[Any, ...]
Block = tuple[Statement, ...]
State = tuple[bool, tuple[bool, ...]]
"""Whether ``event()`` has returned, and the values of the variables."""


@dataclass(frozen=True)
class Program:
    """``sink`` statements are numbered in source order."""

    body: Block
    name: str = "work"

    def source(self, *, observed: bool = False) -> str:
        """The module's text; *observed*: sinks report the variables."""
        counter = iter(range(1_000))
        lines = list(_lines(self.body, 1, counter, observed)) or ["    pass"]
        return "\n".join([f"def {self.name}({', '.join(VARIABLES)}, seq):", *lines, ""])

    @property
    def calls(self) -> set[str]:
        """The other functions it names."""
        return {line.strip().partition("(")[0] for line in self.source().splitlines() if "seq)" in line} - {
            f"def {self.name}"
        }

    @property
    def sinks(self) -> int:
        """How many there are."""
        return self.source().count("sink(")


# --- generation -------------------------------------------------------------------------------------------------


def conditions(*, calls: bool) -> st.SearchStrategy[Any]:
    """Conditions over the variables; *calls*: also over ``check()``, which may differ each time it is asked."""
    leaves: list[Any] = [("var", name) for name in VARIABLES]
    leaf = st.sampled_from([*leaves, ("call",)] if calls else leaves)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(st.just("not"), inner),
            st.tuples(st.just("and"), inner, inner),
            st.tuples(st.just("or"), inner, inner),
        ),
        max_leaves=3,
    )


@st.composite
def programs(
    draw: st.DrawFn,
    *,
    calls: bool = True,
    reraise: bool = False,
    depth: int = 3,
    name: str = "work",
    callees: tuple[str, ...] = (),
    sinks: bool = True,
) -> Program:
    """Functions with at least one sink. *reraise*: bare ``raise`` in handlers, too. *callees*: they call these functions."""
    tests = conditions(calls=calls)
    values = st.one_of(st.just(("call",)), st.just(("true",)), st.just(("false",)), conditions(calls=False))

    def block(level: int, *, loop: bool, handler: bool, most: int = 3) -> Block:
        return tuple(statement(level, loop=loop, handler=handler) for _ in range(draw(st.integers(1, most))))

    def statement(level: int, *, loop: bool, handler: bool) -> Statement:
        simple = ["event", "event", "other", "set", "raise", "return", *callees, *callees]
        if sinks:
            simple += ["sink", "sink"]
        if loop:
            simple += ["break", "continue"]
        if handler and reraise:
            simple += ["reraise", "reraise"]
        compound = ["if", "if", "while", "for", "try", "try", "finally", "with", "match"]
        kind = draw(st.sampled_from(simple + compound if level else simple))
        below = {"loop": loop, "handler": handler}
        if kind == "set":
            return (kind, draw(st.sampled_from(VARIABLES)), draw(values))
        if kind == "raise":
            return (kind, draw(st.sampled_from(RAISED)))
        if kind in callees:
            return ("call", kind)
        if kind in simple:
            return (kind,)
        level -= 1
        if kind == "if":
            orelse = block(level, **below) if draw(st.booleans()) else ()
            return (kind, draw(tests), block(level, **below), orelse)
        if kind == "while":
            test = draw(st.one_of(tests, st.just(("true",))))
            orelse = block(level, **below) if draw(st.booleans()) else ()
            return (kind, test, block(level, loop=True, handler=handler), orelse)
        if kind == "for":
            orelse = block(level, **below) if draw(st.booleans()) else ()
            return (kind, block(level, loop=True, handler=handler), orelse)
        if kind == "with":
            manager = draw(st.sampled_from((*_SUPPRESSED, "lock()")))
            return (kind, manager, block(level, **below))
        if kind == "match":
            return (kind, block(level, **below), block(level, **below), draw(st.booleans()))
        body = block(level, **below)
        handlers: list[tuple[str, Block]] = []
        if kind == "try":
            caught = draw(st.lists(st.sampled_from(_CAUGHT), min_size=1, max_size=2, unique=True))
            caught.sort(key=lambda c: c == "")  # a bare except comes last
            handlers = [(c, block(level, loop=loop, handler=True)) for c in caught]
        orelse = block(level, **below) if handlers and draw(st.booleans()) else ()
        final = block(level, **below, most=2) if kind == "finally" or draw(st.integers(0, 3)) == 0 else ()
        return ("try", body, tuple(handlers), orelse, final)

    body = block(depth, loop=False, handler=False, most=4)
    program = Program(body, name)
    return program if program.sinks or not sinks else Program((*body, ("sink",)), name)


# --- text -------------------------------------------------------------------------------------------------------


def condition_text(c: Any) -> str:
    """A condition as Python."""
    kind = c[0]
    if kind == "var":
        return str(c[1])
    if kind in ("true", "false"):
        return kind.capitalize()
    if kind == "call":
        return "check()"
    if kind == "not":
        return f"not ({condition_text(c[1])})"
    return f"({condition_text(c[1])}) {kind} ({condition_text(c[2])})"


def _lines(body: Block, level: int, counter: Iterator[int], observed: bool) -> Iterator[str]:
    pad = "    " * level
    for s in body:
        kind = s[0]
        below = (level + 1, counter, observed)
        if kind in ("event", "other"):
            yield f"{pad}{kind}()"
        elif kind == "sink":
            extra = f", {', '.join(VARIABLES)}" if observed else ""
            yield f"{pad}sink({next(counter)}{extra})"
        elif kind == "call":
            yield f"{pad}{s[1]}({', '.join(VARIABLES)}, seq)"
        elif kind == "set":
            yield f"{pad}{s[1]} = {condition_text(s[2])}"
        elif kind == "raise":
            yield f"{pad}raise {s[1]}"
        elif kind == "reraise":
            yield f"{pad}raise"
        elif kind in ("return", "break", "continue"):
            yield f"{pad}{kind}"
        elif kind in ("if", "while"):
            yield f"{pad}{kind} {condition_text(s[1])}:"
            yield from _lines(s[2], *below)
            if s[3]:
                yield f"{pad}else:"
                yield from _lines(s[3], *below)
        elif kind == "for":
            yield f"{pad}for _ in seq:"
            yield from _lines(s[1], *below)
            if s[2]:
                yield f"{pad}else:"
                yield from _lines(s[2], *below)
        elif kind == "with":
            yield f"{pad}with {s[1]}:"
            yield from _lines(s[2], *below)
        elif kind == "match":
            yield f"{pad}match pick():"
            yield f"{pad}    case True:"
            yield from _lines(s[1], level + 2, counter, observed)
            yield f"{pad}    case {'_' if s[3] else 'False'}:"
            yield from _lines(s[2], level + 2, counter, observed)
        else:
            yield from _try_lines(s, pad, below)


def _try_lines(s: Statement, pad: str, below: tuple[int, Iterator[int], bool]) -> Iterator[str]:
    yield f"{pad}try:"
    yield from _lines(s[1], *below)
    for caught, handler in s[2]:
        yield f"{pad}except {caught}:" if caught else f"{pad}except:"
        yield from _lines(handler, *below)
    if s[3]:
        yield f"{pad}else:"
        yield from _lines(s[3], *below)
    if s[4]:
        yield f"{pad}finally:"
        yield from _lines(s[4], *below)


# --- the reference: sets of states through the structure of the program -------------------------------------------

Outcomes = dict[Any, set[State]]
"""``next``, ``break``, ``continue``, ``return`` or ``("raise", class name)`` -> the states it happens in."""


class Collector:
    """The states each sink is reached in: loops are run until nothing new comes up.

    *exact*: a call raises one of RAISED. Otherwise it raises OPEN, of which a handler of a narrow class may or may not think
    it is its own: what can be known where nothing is known about what a call raises.
    """

    def __init__(
        self, program: Program, *, exact: bool = True, callees: Mapping[str, Collector] = MappingProxyType({})
    ) -> None:
        self.program = program
        self.callees = callees
        self.raised = RAISED if exact else (OPEN,)
        self.at_sink: dict[int, set[State]] = {n: set() for n in range(program.sinks)}
        numbers = iter(range(1_000))
        self._numbers: dict[int, int] = {}
        self._body = self._numbered(program.body, numbers)

    def run(self) -> dict[int, set[State]]:
        """Number of a sink -> states in which it is reached, for every combination of arguments."""
        self._block(self._body, {(False, values) for values in ARGUMENTS}, None)
        return self.at_sink

    def call(self, states: set[State]) -> Outcomes:
        """What calling it in *states* comes to, the caller's variables being given as arguments and left alone."""
        out: Outcomes = {}
        for done, values in states:
            for outcome, after in self._block(self._body, {(done, values)}, None).items():
                left = outcome if isinstance(outcome, tuple) else "next"
                _merge(out, {left: {(done_then, values) for done_then, _ in after}})
        return out

    def _numbered(self, body: Block, numbers: Iterator[int]) -> Block:
        """Sinks get their number; rebuilt, so that equal blocks in two places are told apart."""
        found: list[Statement] = []
        for s in body:
            if s[0] == "sink":
                found.append(("sink", next(numbers)))
            elif s[0] in ("if", "while"):
                found.append((s[0], s[1], self._numbered(s[2], numbers), self._numbered(s[3], numbers)))
            elif s[0] == "for":
                found.append((s[0], self._numbered(s[1], numbers), self._numbered(s[2], numbers)))
            elif s[0] == "with":
                found.append((s[0], s[1], self._numbered(s[2], numbers)))
            elif s[0] == "match":
                found.append((s[0], self._numbered(s[1], numbers), self._numbered(s[2], numbers), s[3]))
            elif s[0] == "try":
                tried = self._numbered(s[1], numbers)
                handlers = tuple((c, self._numbered(b, numbers)) for c, b in s[2])
                found.append(
                    ("try", tried, handlers, self._numbered(s[3], numbers), self._numbered(s[4], numbers))
                )
            else:
                found.append(s)
        return tuple(found)

    def _block(self, body: Block, states: set[State], caught: str | None) -> Outcomes:
        out: Outcomes = {}
        for s in body:
            if not states:
                break
            result = self._statement(s, states, caught)
            states = result.pop("next", set())
            _merge(out, result)
        out["next"] = set(states)
        return out

    def _statement(self, s: Statement, states: set[State], caught: str | None) -> Outcomes:
        kind = s[0]
        if kind == "event":
            return {**self._raises(states), "next": {(True, values) for _, values in states}}
        if kind == "sink":
            self.at_sink[s[1]] |= states
            return {**self._raises(states), "next": set(states)}
        if kind == "other":
            return {**self._raises(states), "next": set(states)}
        if kind == "call":
            return self.callees[s[1]].call(states)
        if kind == "set":
            return self._assign(s, states)
        if kind == "raise":
            return {("raise", s[1]): set(states)}
        if kind == "reraise":
            return {("raise", caught if self.raised is RAISED else OPEN): set(states)}
        if kind in ("return", "break", "continue"):
            return {kind: set(states)}
        if kind == "if":
            true, false, out = self._test(s[1], states)
            _merge(out, self._block(s[2], true, caught))
            _merge(out, self._block(s[3], false, caught))
            return out
        if kind in ("while", "for"):
            return self._loop(s, states, caught)
        if kind == "with":
            return self._with(s, states, caught)
        if kind == "match":
            out = self._raises(states)
            _merge(out, self._block(s[1], states, caught))
            _merge(out, self._block(s[2], states, caught))
            if not s[3]:
                _merge(out, {"next": set(states)})
            return out
        return self._try(s, states, caught)

    def _assign(self, s: Statement, states: set[State]) -> Outcomes:
        position = VARIABLES.index(s[1])
        true, false, out = self._test(s[2], states)
        for value, some in ((True, true), (False, false)):
            _merge(out, {"next": {(d, (*v[:position], value, *v[position + 1 :])) for d, v in some}})
        return out

    def _loop(self, s: Statement, states: set[State], caught: str | None) -> Outcomes:
        out: Outcomes = {}
        body, orelse = (s[2], s[3]) if s[0] == "while" else (s[1], s[2])
        heads: set[State] = set()
        fresh = set(states)
        ended: set[State] = set()
        while fresh:
            heads |= fresh
            if s[0] == "while":
                enter, leave, raised = self._test(s[1], fresh)
                _merge(out, raised)
            else:
                enter, leave = set(fresh), set(fresh)
                _merge(out, self._raises(fresh))  # the iterator may raise
            ended |= leave
            result = self._block(body, enter, caught)
            again = result.pop("next", set()) | result.pop("continue", set())
            _merge(out, {"next": result.pop("break", set())})
            _merge(out, result)
            fresh = again - heads
        _merge(out, self._block(orelse, ended, caught))
        return out

    def _with(self, s: Statement, states: set[State], caught: str | None) -> Outcomes:
        out = self._raises(states)
        swallowed = _CLASSES[s[1]]
        for outcome, some in self._block(s[2], states, caught).items():
            if not some:
                continue
            if isinstance(outcome, tuple):
                answers = _catches(swallowed, outcome[1])
                _merge(out, {"next": some if True in answers else set()})
                _merge(out, {outcome: some if False in answers else set()})
            else:
                _merge(out, {outcome: some})
                if s[1] == "lock()":
                    _merge(out, self._raises(some))  # so may ``__exit__``
        return out

    def _try(self, s: Statement, states: set[State], caught: str | None) -> Outcomes:
        _, body, handlers, orelse, final = s
        out: Outcomes = {}
        result = self._block(body, states, caught)
        normal = result.pop("next", set())
        for outcome, some in result.items():
            if not isinstance(outcome, tuple):
                _merge(out, {outcome: some})
                continue
            for kinds, handler in handlers:
                answers = _catches(_CLASSES[kinds], outcome[1])
                if True in answers:
                    _merge(out, self._block(handler, some, outcome[1]))
                if False not in answers:
                    break
            else:
                _merge(out, {outcome: some})
        _merge(out, self._block(orelse, normal, caught))
        if not final:
            return out
        after: Outcomes = {}
        for outcome, some in out.items():
            if some:
                inside = outcome[1] if isinstance(outcome, tuple) else caught
                finished = self._block(final, some, inside)
                _merge(after, {outcome: finished.pop("next", set())})
                _merge(after, finished)
        return after

    def holds(self, condition: Any, values: tuple[bool, ...]) -> bool:
        """Whether *condition*, which makes no calls, is true of *values*."""
        return bool(self._test(condition, {(False, values)})[0])

    def _raises(self, states: set[State]) -> Outcomes:
        return {("raise", name): set(states) for name in self.raised}

    def _test(self, c: Any, states: set[State]) -> tuple[set[State], set[State], Outcomes]:
        """States in which *c* is true, in which it is false, and what it raises."""
        if not states:
            return set(), set(), {}
        kind = c[0]
        if kind == "var":
            position = VARIABLES.index(c[1])
            true = {s for s in states if s[1][position]}
            return true, states - true, {}
        if kind in ("true", "false"):
            return (set(states), set(), {}) if kind == "true" else (set(), set(states), {})
        if kind == "call":
            return set(states), set(states), self._raises(states)
        true, false, raised = self._test(c[1], states)
        if kind == "not":
            return false, true, raised
        more = true if kind == "and" else false
        true2, false2, raised2 = self._test(c[2], more)
        _merge(raised, raised2)
        return (true2, false | false2, raised) if kind == "and" else (true | true2, false2, raised)


def _catches(classes: tuple[type[BaseException], ...], raised: str) -> set[bool]:
    """The answers possible to whether *classes* catch *raised*."""
    if raised == OPEN:
        return {True} if {Exception, BaseException} & set(classes) else {True, False} if classes else {False}
    return {issubclass(_BY_NAME[raised], classes)}


def _merge(into: Outcomes, more: Outcomes) -> None:
    for outcome, states in more.items():
        into.setdefault(outcome, set()).update(states)


# --- CPython as the judge of the reference ------------------------------------------------------------------------


class _Stop(BaseException):
    """A path is long enough, and is given up."""


def observe(program: Program, choices: int) -> dict[int, set[State]]:
    """The states CPython reaches each sink in, over all paths of at most *choices* choices."""
    found: dict[int, set[State]] = {n: set() for n in range(program.sinks)}
    code = compile(program.source(observed=True), "<random program>", "exec")
    for values in ARGUMENTS:
        script: list[int] | None = []
        while script is not None:
            script = _drive(code, values, script, choices, found)
    return found


def _drive(
    code: Any, values: tuple[bool, ...], script: list[int], limit: int, found: dict[int, set[State]]
) -> list[int] | None:
    """One path; returns the script of the next one in depth-first order."""
    taken: list[tuple[int, int]] = []
    done = False
    stopped = False

    def give_up() -> None:
        nonlocal stopped
        stopped = True
        raise _Stop

    def choose(options: int) -> int:
        if stopped or len(taken) >= limit:
            give_up()
        pick = script[len(taken)] if len(taken) < len(script) else 0
        taken.append((pick, options))
        return pick

    def may_raise() -> None:
        pick = choose(1 + len(RAISED))
        if pick:
            raise _BY_NAME[RAISED[pick - 1]]

    def event() -> None:
        nonlocal done
        may_raise()
        done = True

    def sink(number: int, *seen: bool) -> None:
        if stopped:
            raise _Stop
        found[number].add((done, seen))
        may_raise()

    def check() -> bool:
        may_raise()
        return bool(choose(2))

    def pick() -> bool | None:
        may_raise()
        return (False, True, None)[choose(3)]

    class Sequence:
        def __iter__(self) -> Sequence:
            return self

        def __next__(self) -> None:
            may_raise()
            if not choose(2):
                raise StopIteration

    class Lock:
        def __enter__(self) -> None:
            may_raise()

        def __exit__(self, kind: object, error: object, trace: object) -> None:
            if kind is None:
                may_raise()

    class Suppress(contextlib.suppress):
        def __enter__(self) -> None:
            may_raise()

        def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
            return kind is not _Stop and bool(super().__exit__(kind, error, trace))

    space: dict[str, Any] = {"event": event, "sink": sink, "other": may_raise, "check": check, "pick": pick}
    space |= {"suppress": Suppress, "lock": Lock}
    exec(code, space)
    with contextlib.suppress(_Stop, *_CLASSES["Exception"]):
        _bounded(space["work"], values, Sequence(), give_up)
    while taken:
        pick, options = taken.pop()
        if pick + 1 < options:
            return [p for p, _ in taken] + [pick + 1]
    return None


def _bounded(work: Any, values: tuple[bool, ...], sequence: object, stop: Callable[[], None]) -> None:
    """Runs *work*, giving up on loops that neither choose nor call anything; what ``finally`` does then does not count."""
    lines = 0

    def trace(frame: Any, what: str, argument: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != "<random program>":
            return None
        lines += 1
        if lines > 400:
            stop()
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(*values, sequence)
    finally:
        sys.settrace(before)
