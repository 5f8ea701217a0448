"""Whether queries are bounded by a moment: rows of later are left out, by a condition or when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence

from archwright.contracts.language import Pattern
from archwright.model import Outcome
from archwright.project.execution.trace import Run, Trace
from archwright.project.execution.values import Unknown, Value
from archwright.project.queries.levels import every_level
from archwright.project.queries.readings import readings
from archwright.project.queries.selects import Comparing, Level
from archwright.project.requests.moments import Moment, moments
from archwright.project.storage.models import Models
from archwright.verifiers.bodies import qualified

BOUNDS = frozenset({"<", "<=", ">", ">=", "==", "between", "__lt__", "__le__", "__gt__", "__ge__"})
_FROM_ABOVE = frozenset({"<", "<=", "==", "between", "__lt__", "__le__"})
"""``column < moment`` and the like: nothing later is read."""
_FROM_BELOW = frozenset({">", ">=", "==", "__gt__", "__ge__"})
"""``moment > column``: the same, the other way round."""
_BOUNDS_BY_QUERY = frozenset({"==", "in", "in_", "<", "<="})
WORSE = {Outcome.PASS: 0, Outcome.UNDECIDED: 1, Outcome.FAIL: 2}
Bounded = tuple[Outcome, str, str]
"""How a query comes out: the outcome, the kind of evidence, and a message."""


class Bounds:
    """Judges the queries that one read leads to."""

    def __init__(self, parameter: str, timeless: Sequence[Pattern], models: Models, trace: Trace) -> None:
        """*parameter*: what the moment is called; *timeless*: tables whose rows do not change with it."""
        self._parameter = parameter
        self._timeless = timeless
        self._models = models
        self._trace = trace

    def judge(self, run: Run) -> Bounded | None:
        """How a statement comes out, in the worst of all ways it may have been built; None when it reads nothing in time."""
        worst: Bounded | None = None
        for reading in readings(run, self._models):
            if reading.level is None and reading.verb != "select":
                continue
            judged = self._untold(run) if reading.level is None else self._judge_level(reading.level, run)
            if judged is not None and (worst is None or WORSE[judged[0]] > WORSE[worst[0]]):
                worst = judged
        if worst is not None and run.chain.guessed and worst[0] is Outcome.FAIL:
            return Outcome.UNDECIDED, "may-be-called", f"{worst[2]} – if it is called with nothing else"
        return worst

    def _untold(self, run: Run) -> Bounded:
        holder = qualified(run.chain.function)
        message = (
            f"`{holder}` runs a statement that cannot be told: whether `{self._parameter}` bounds it is open"
        )
        return Outcome.UNDECIDED, "statement-not-told", message

    def _judge_level(self, top: Level, run: Run) -> Bounded | None:
        worst: Bounded | None = None
        for level in every_level(top):
            tables = [t for t in level.tables if not any(p.match(t) is not None for p in self._timeless)]
            if not tables:
                continue
            judged = self._bounded(level, tables, run)
            if worst is None or WORSE[judged[0]] > WORSE[worst[0]]:
                worst = judged
        return worst

    def _bounded(self, level: Level, tables: list[str], run: Run) -> Bounded:
        holder, parameter = qualified(run.chain.function), self._parameter
        what = ", ".join(f"`{t}`" for t in tables)
        sides = [
            (moments(side, run.heap), comparing.sure)
            for comparing in level.conditions
            if comparing.op in BOUNDS
            for side in (comparing.left, comparing.right)
        ]
        if any(self._from_above(comparing, run) for comparing in level.conditions):
            return Outcome.PASS, "", ""
        if any(c.sure and c.op in _BOUNDS_BY_QUERY and self._bounds(c.inner, run) for c in level.conditions):
            return Outcome.PASS, "", ""
        if any(kinds - {Moment.NONE} == {Moment.CLOCK} for kinds, _ in sides):
            message = f"`{holder}` bounds its query of {what} by the clock, not by `{parameter}`"
            return Outcome.FAIL, "bounded-by-clock", message
        if self._compared_in_python(run):
            return Outcome.PASS, "", ""
        if any(Moment.RAW in kinds for kinds, _ in sides):
            message = f"`{holder}` bounds its query of {what} by `{parameter}` as the client sent it"
            return Outcome.FAIL, "bounded-by-raw-value", message
        if any(Moment.FOLLOWED in kinds for kinds, _ in sides):
            if not any(self._touches_above(comparing, run) for comparing in level.conditions):
                message = f"`{holder}` bounds its query of {what} from below only: what is later than `{parameter}` is read, too"
                return Outcome.FAIL, "bounded-from-below", message
            message = (
                f"`{holder}` bounds its query of {what} by `{parameter}` on some ways only, or may use another moment"
                " instead"
            )
            return Outcome.FAIL, "bounded-sometimes", message
        if level.doubtful or any(
            Moment.UNKNOWN in kinds and self._may_be_it(level, run) for kinds, _ in sides
        ):
            message = f"`{holder}` reads {what} under conditions that cannot all be told: `{parameter}` may be among them"
            return Outcome.UNDECIDED, "conditions-not-told", message
        message = f"`{holder}` reads {what} whatever `{parameter}` is: no condition compares with it"
        return Outcome.FAIL, "not-bounded", message

    def _bounds(self, inner: tuple[Level, ...], run: Run) -> bool:
        """Whether queries that are compared with are bounded themselves."""
        return bool(inner) and all(
            any(self._from_above(c, run) for c in level.conditions)
            or any(
                c.sure and c.op in _BOUNDS_BY_QUERY and self._bounds(c.inner, run) for c in level.conditions
            )
            for level in inner
        )

    @staticmethod
    def _from_above(comparing: Comparing, run: Run) -> bool:
        """Whether a condition surely leaves out what is later than the moment."""
        sides = ((comparing.right, _FROM_ABOVE), (comparing.left, _FROM_BELOW))
        return comparing.sure and any(
            comparing.op in ops and moments(side, run.heap) - {Moment.NONE} == {Moment.FOLLOWED}
            for side, ops in sides
        )

    @staticmethod
    def _touches_above(comparing: Comparing, run: Run) -> bool:
        """Whether a condition may leave out what is later than the moment."""
        sides = ((comparing.right, _FROM_ABOVE), (comparing.left, _FROM_BELOW))
        return any(comparing.op in ops and Moment.FOLLOWED in moments(side, run.heap) for side, ops in sides)

    def _may_be_it(self, level: Level, run: Run) -> bool:
        """Whether a comparison is with something of which nothing at all is known."""
        return any(
            isinstance(atom, Unknown)
            and not atom.type
            and not atom.reason.startswith(("parameter `", "field `"))
            for comparing in level.conditions
            if comparing.op in BOUNDS - {"=="}
            for atom in (*comparing.left, *comparing.right)
        )

    def _compared_in_python(self, run: Run) -> bool:
        for comparison in self._trace.comparisons:
            if comparison.op not in BOUNDS:
                continue
            for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
                if moments(one, self._trace.heap) == {Moment.FOLLOWED} and _from_rows(other, run):
                    return True
        return False


def _from_rows(values: Value, run: Run) -> bool:
    """Whether a value is of a row that *run* gave."""
    pending = list(values)
    seen: set[int] = set()
    while pending:
        atom = pending.pop()
        if id(atom) in seen:
            continue
        seen.add(id(atom))
        if atom is run.result:
            return True
        receiver = getattr(atom, "receiver", ())
        if isinstance(receiver, tuple):
            pending.extend(receiver)
    return False
