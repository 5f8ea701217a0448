from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypedDict

from sqlalchemy.ext.asyncio import AsyncSession


class Given(TypedDict):
    session: AsyncSession


class Pair(NamedTuple):
    name: str
    session: AsyncSession


SHARDS: dict[str, list[AsyncSession]] = {}


async def by_key(shards: dict[str, AsyncSession]) -> None:
    await shards["eu"].commit()  #! transaction-owner


async def of_a_typed_dict(given: Given) -> None:
    await given["session"].commit()  #! transaction-owner


async def gone_through(sessions: Sequence[AsyncSession]) -> None:
    for session in sessions:
        await session.commit()  #! transaction-owner


async def by_pairs(shards: Mapping[str, AsyncSession]) -> None:
    for _, session in shards.items():
        await session.commit()  #! transaction-owner


async def numbered(shards: Mapping[str, AsyncSession]) -> None:
    for _, session in enumerate(sorted(shards.values())):
        await session.commit()  #! transaction-owner


async def zipped(names: list[str], sessions: list[AsyncSession]) -> None:
    for _, session in zip(names, sessions):
        await session.commit()  #! transaction-owner


async def comprehended(sessions: list[AsyncSession]) -> None:
    [await one.commit() for one in sessions]  #! transaction-owner


async def perhaps(shards: dict[str, AsyncSession]) -> None:
    if session := shards.get("eu"):
        await session.commit()  #! transaction-owner


async def popped(sessions: list[AsyncSession]) -> None:
    session = sessions.pop()
    await session.commit()  #! transaction-owner


async def first(sessions: list[AsyncSession]) -> None:
    session = next(iter(sessions))
    await session.commit()  #! transaction-owner


async def nested() -> None:
    for session in SHARDS["eu"]:
        await session.commit()  #! transaction-owner


async def unpacked(pair: Pair) -> None:
    _, session = pair
    await session.commit()  #! transaction-owner


async def starred(sessions: tuple[AsyncSession, ...]) -> None:
    _, *rest = sessions
    await rest[0].commit()  #! transaction-owner


async def methods(session: AsyncSession) -> None:
    for step in (session.flush, session.commit):
        await step()  #! transaction-owner


async def table(session: AsyncSession) -> None:
    ways = {"save": session.flush, "end": session.commit}
    await ways["end"]()  #! transaction-owner


async def further(*sessions: AsyncSession) -> None:
    await sessions[0].commit()  #! transaction-owner


async def by_name(**named: AsyncSession) -> None:
    await named["eu"].commit()  #! transaction-owner


class Shards:
    def __init__(self, sessions: list[AsyncSession]) -> None:
        self._sessions = sessions

    async def end(self) -> None:
        for session in self._sessions:
            await session.commit()  #! transaction-owner


async def filled_elsewhere(shards) -> None:
    await shards["eu"].commit()  #? transaction-owner
