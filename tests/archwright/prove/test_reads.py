"""What is carried over to changed code is what would be found out there; what was made from a change is found out anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from archwright.project.reads import CarriedOver, Reads, Recorder

FACTS = 5
QUESTIONS = 6
Program = list[list[tuple[str, int]]]
"""By question: what it reads, facts or answers to earlier questions."""


@st.composite
def programs(draw: st.DrawFn) -> Program:
    return [
        draw(
            st.lists(
                st.one_of(
                    st.tuples(st.just("fact"), st.integers(0, FACTS - 1)),
                    st.tuples(st.just("aside"), st.integers(0, FACTS - 1)),
                    *([st.tuples(st.just("answer"), st.integers(0, number - 1))] if number else []),
                ),
                max_size=4,
            )
        )
        for number in range(QUESTIONS)
    ]


class Asker:
    """Answers the questions of a program about some facts, with tables in between."""

    def __init__(self, program: Program, facts: list[int], reads: Reads) -> None:
        self.program, self.facts, self.reads = program, facts, reads
        self.tables = [reads.table(number % 3 or ("own", number)) for number in range(3)]
        self.found_out = 0

    def answer(self, number: int) -> int:
        table = self.tables[number % 3]
        known = table.get(number)
        if known is None:
            known = self.reads.made(table, number, lambda: self._find(number))
        return int(known)

    def _find(self, number: int) -> int:
        self.found_out += 1
        total = number + 1
        for kind, what in self.program[number]:
            if kind == "answer":
                total = total * 3 + self.answer(what)
            elif kind == "fact":
                self.reads.note("fact", str(what))
                total = total * 3 + self.facts[what]
            else:  # what is only looked at on the way does not count, as long as the result is the same
                total += self.reads.aside(partial(self._looked_at, what))
        return total

    def _looked_at(self, what: int) -> int:
        self.reads.note("fact", str(what))
        return 0 * self.facts[what]


@given(
    programs(),
    st.lists(st.integers(0, QUESTIONS - 1)),
    st.lists(st.integers(0, 9), min_size=FACTS, max_size=FACTS),
    st.lists(st.integers(0, 9), min_size=FACTS, max_size=FACTS),
    st.lists(st.integers(0, QUESTIONS - 1), min_size=1),
)
@settings(deadline=None, max_examples=200)
def test_answers_about_changed_facts_are_those_of_somebody_who_knows_nothing(
    program: Program, asked: list[int], before: list[int], after: list[int], wanted: list[int]
) -> None:
    recorder = Recorder()
    first = Asker(program, before, recorder)
    for number in asked:
        assert first.answer(number) == Asker(program, before, Reads()).answer(number)
    changed = frozenset(("fact", str(i)) for i in range(FACTS) if before[i] != after[i])
    second = Asker(program, after, CarriedOver(recorder, changed))
    for number in wanted:
        assert second.answer(number) == Asker(program, after, Reads()).answer(number)


def test_what_no_change_touches_is_not_found_out_again() -> None:
    program: Program = [[("fact", 0)], [("answer", 0)], [("fact", 1), ("answer", 1)], [("fact", 2)], [], []]
    recorder = Recorder()
    first = Asker(program, [1, 2, 3, 4, 5], recorder)
    answers = [first.answer(n) for n in range(QUESTIONS)]
    same = Asker(program, [1, 2, 3, 4, 5], CarriedOver(recorder, frozenset()))
    assert ([same.answer(n) for n in range(QUESTIONS)], same.found_out) == (answers, 0)
    second = Asker(program, [1, 7, 3, 4, 5], CarriedOver(recorder, frozenset({("fact", "1")})))
    assert [second.answer(n) for n in range(QUESTIONS)] != answers
    assert second.found_out == 1
    third = Asker(program, [7, 2, 3, 4, 5], CarriedOver(recorder, frozenset({("fact", "0")})))
    for number in range(QUESTIONS):
        third.answer(number)
    assert third.found_out == 3, "0, and 1 and 2, which were made of it"


def test_what_changes_later_is_left_out_of_tables_not_yet_handed_out() -> None:
    recorder = Recorder()
    names: list[Callable[[], dict[object, object]]] = []
    for name in ("early", "late"):
        table = recorder.table(name)
        recorder.begin()
        recorder.note("fact", "1")
        recorder.keep(table, "key", "answer", recorder.end())
        names.append(lambda table=table: table)
    carried = CarriedOver(recorder, frozenset())
    assert carried.table("early") == {"key": "answer"}
    carried.also(frozenset({("fact", "1")}))
    assert carried.table("late") == {}
    assert carried.table("never heard of") == {}
    assert recorder.table(None) == {}


def test_what_was_put_in_without_being_made_is_not_carried_over() -> None:
    recorder = Recorder()
    table = recorder.table("answers")
    table["key"] = "put in"
    assert CarriedOver(recorder, frozenset()).table("answers") == {}


def test_stores_are_carried_over_whole_and_apart() -> None:
    recorder = Recorder()
    store = recorder.store("numbers")
    store["last"] = 7
    carried = CarriedOver(recorder, frozenset())
    copy = carried.store("numbers")
    assert copy == {"last": 7}
    copy["last"] = 8
    assert store == {"last": 7}
