"""The spine's one way to a transaction."""

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import get_async_session
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.infra.time import utc_now
from app.models.identity import Tenant

Factory = async_sessionmaker[AsyncSession]


async def stored() -> int:
    async with get_async_session(read_only=True) as other:
        return await other.scalar(select(func.count()).select_from(Tenant)) or 0


async def add_and_fail(session: AsyncSession) -> None:
    async with transaction(session):
        session.add(Tenant(id="new", created_at=utc_now()))
        await session.flush()
        raise ZeroDivisionError


async def test_what_the_block_does_is_committed_when_it_ends(session_factory: Factory) -> None:
    before = await stored()
    async with session_factory() as session:
        async with transaction(session):
            session.add(Tenant(id="new", created_at=utc_now()))
            await session.flush()
            assert await stored() == before
        assert not session.in_transaction()
        assert await stored() == before + 1


async def test_what_the_block_raises_undoes_it_and_gets_out(session_factory: Factory) -> None:
    before = await stored()
    async with session_factory() as session:
        with pytest.raises(ZeroDivisionError):
            await add_and_fail(session)
        assert not session.in_transaction()
        # The session is as good as before.
        async with transaction(session):
            session.add(Tenant(id="other", created_at=utc_now()))
    assert await stored() == before + 1


async def test_a_commit_that_fails_keeps_nothing(session_factory: Factory) -> None:
    before = await stored()
    async with session_factory() as session:

        def refuse(_session: object) -> None:
            raise ConnectionError("the database is away")

        event.listen(session.sync_session, "before_commit", refuse)
        with pytest.raises(ConnectionError):
            async with transaction(session):
                session.add(Tenant(id="new", created_at=utc_now()))
        event.remove(session.sync_session, "before_commit", refuse)
        assert not session.in_transaction()
    assert await stored() == before


async def test_there_is_one_at_a_time(session_factory: Factory) -> None:
    async with session_factory() as session, transaction(session):
        with pytest.raises(InvalidRequestError):
            async with transaction(session):
                raise AssertionError("a second transaction began within the first")
