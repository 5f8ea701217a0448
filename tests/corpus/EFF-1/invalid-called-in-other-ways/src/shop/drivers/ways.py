import contextlib
import functools
import operator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

Maker = async_sessionmaker()


def by_method_name(session: Session) -> None:
    operator.methodcaller("commit")(session)  #! transaction-owner


def by_type(session: Session) -> None:
    Session.commit(session)  #! transaction-owner


async def on_a_stack() -> None:
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(Maker())
        await session.commit()  #! transaction-owner


@contextlib.asynccontextmanager
async def opened():
    yield Maker()


async def from_a_generator() -> None:
    async with opened() as session:
        await session.commit()  #! transaction-owner


async def for_a_thread(session: AsyncSession) -> None:
    def work(sync) -> None:
        sync.commit()  #! transaction-owner

    await session.run_sync(work)


class Cached:
    @functools.cached_property
    def session(self):
        return Maker()

    async def end(self) -> None:
        await self.session.commit()  #! transaction-owner
