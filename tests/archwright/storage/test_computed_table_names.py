"""Tables whose names are computed from the names of their classes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_projects import analyse

from archwright.project.storage.literals import Made, Unknown
from archwright.project.storage.patterns import substituted

DECLARED = """
    import re
    from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

    {compiled}

    class Base(DeclarativeBase):
        @declared_attr.directive
        def __tablename__(cls) -> str:
            return {name}

        id: Mapped[int] = mapped_column(primary_key=True)

    class FlowRunState(Base):
        kind: Mapped[str]

    class Event(Base):
        __tablename__ = "events"
        kind: Mapped[str]
"""


@pytest.mark.parametrize(
    ("compiled", "name"),
    [
        ('WORDS = re.compile(r"(?<!^)(?=[A-Z])")', 'WORDS.sub("_", cls.__name__).lower()'),
        ("", r're.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()'),
        (r'WORDS = re.compile(r"([a-z])([A-Z])")', r'WORDS.sub(r"\1_\2", cls.__name__).lower()'),
        (r'WORDS = re.compile(r"(?<=.)([A-Z][a-z]+)")', r'WORDS.sub(r"_\1", cls.__name__).lower()'),
    ],
)
def test_a_base_that_names_tables_is_none_itself(compiled: str, name: str) -> None:
    analysis = analyse({"m.py": DECLARED.format(compiled=compiled, name=name)})
    declared = analysis.storage.models("postgresql").declared
    assert [model.table.name for model in declared] == ["flow_run_state", "events"]
    for model in declared:
        assert list(model.table.columns) == ["id", "kind"]
        assert model.table.unique_sets() == {frozenset({"id"})}


@given(
    st.sampled_from(
        [r"(?<!^)(?=[A-Z])", "([a-z0-9])([A-Z])", "(.)([A-Z][a-z]+)", "[+*]", r"\+", "[]x]+", "("]
    ),
    st.sampled_from(["_", r"\1_\2", ""]),
    st.text("aBc+*]x1", max_size=20),
)
def test_substitution_is_that_of_python(pattern: str, replacement: str, subject: str) -> None:
    found = substituted(Made("re.sub", (pattern, replacement, subject)))
    try:
        assert found == re.sub(pattern, replacement, subject)
    except (re.error, IndexError):
        assert isinstance(found, Unknown)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*(b|a)*$", "(?:a{1,9}){1,9}b"])
def test_what_may_take_for_ever_is_not_tried(pattern: str) -> None:
    assert isinstance(substituted(Made("re.sub", (pattern, "", "a" * 60 + "c"))), Unknown)
    assert isinstance(substituted(Made("re.sub", ("a", "", "a" * 10_000))), Unknown)
    assert substituted(Made("re.split", ("a", "", "a"))) is None


def test_indexes_a_class_makes_of_its_own_columns_are_read() -> None:
    code = """
        import sqlalchemy as sa
        from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)

        class State(Base):
            __tablename__ = "states"
            run: Mapped[int] = mapped_column("run_id")
            moment: Mapped[int]
            kind: Mapped[str]

            @declared_attr.directive
            @classmethod
            def __table_args__(cls):
                return (
                    sa.Index("one", cls.run, cls.moment.desc(), unique=True),
                    sa.Index("two", cls.kind, sa.func.lower(cls.kind), unique=True),
                    sa.UniqueConstraint(cls.kind, name="three"),
                )
    """
    (state,) = analyse({"m.py": code}).storage.models("postgresql").declared
    known = {columns for columns in state.table.unique_sets() if "?" not in columns}
    assert known == {frozenset({"id"}), frozenset({"run_id", "moment"}), frozenset({"kind"})}
