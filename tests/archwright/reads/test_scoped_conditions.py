"""Tenant bounds in conditions of any shape: a statement is scoped just when the bound is one of the things that must all hold."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archwright.contracts.language import Name, Topologies
from archwright.contracts.patterns import SymbolPattern
from archwright.contracts.selectors import Selector
from archwright.facts.store import FactStore
from archwright.model import Outcome
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.verifiers.reads.scoped import ScopedContract, check_scoped

_OWN = "Order.tenant_id == principal.tenant_id"
_OTHERS = ("Order.status == status", "Order.author == principal.tenant_id")
_CODE = """
from dataclasses import dataclass
from typing import Annotated
from fastapi import Depends
from sqlalchemy import and_, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    author: Mapped[str]
    status: Mapped[str]

@dataclass
class Principal:
    tenant_id: str

def current() -> Principal: ...

async def f(principal: Annotated[Principal, Depends(current)], session: AsyncSession, status: str):
    return await session.scalars(select(Order).where(CONDITION))
"""

Condition = tuple[str, bool]
"""A condition as code, and whether the bound is a part of it that must hold."""


def _joined(parts: list[Condition], function: str) -> Condition:
    bounds = [bound for _, bound in parts]
    return f"{function}({', '.join(text for text, _ in parts)})", any(bounds) if function == "and_" else False


conditions = st.recursive(
    st.one_of(st.just((_OWN, True)), st.sampled_from(_OTHERS).map(lambda text: (text, False))),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: _joined(parts, "and_")),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(parts, "or_")),
        inner.map(lambda part: (f"not_({part[0]})", False)),
        st.tuples(inner, inner).map(lambda p: (f"(({p[0][0]}) & ({p[1][0]}))", p[0][1] or p[1][1])),
        st.tuples(inner, inner).map(lambda p: (f"(({p[0][0]}) | ({p[1][0]}))", False)),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FactStore:
    return FactStore(tmp_path_factory.mktemp("facts"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions)
def test_scoped_just_when_the_bound_must_hold(store: FactStore, condition: Condition) -> None:
    text, bound = condition
    code = _CODE.replace("CONDITION", text)
    project = build_project([("m.py", "m", False)], lambda _: code.encode(), Topologies(()), store)
    contract = ScopedContract(
        id="scoped",
        kind="reads",
        rule="scoped",
        why="w",
        fix="f",
        requests=Selector(function=(SymbolPattern("m.f"),)),
        column=Name("tenant_id"),
        principal=(SymbolPattern("m.Principal.tenant_id"),),
    )
    result = check_scoped(contract, Analysis(project))
    assert result.sites == 1
    assert (result.passed == 1) == bound
    assert bound or [finding.outcome for finding in result.findings] == [Outcome.FAIL]
