import contextvars
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from fastapi import Depends
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker

db = SQLAlchemy()
Local = sessionmaker()
current: contextvars.ContextVar[AsyncSession] = contextvars.ContextVar("current")


def opened():
    with Local() as session:
        yield session


class Provider(Protocol):
    def __call__(self) -> Session: ...


def by_default(session=Depends(opened)) -> None:
    session.commit()  #! transaction-owner


def by_protocol(provider: Provider) -> None:
    provider().commit()  #! transaction-owner


def by_factory(factory: Callable[[], Session]) -> None:
    factory().commit()  #! transaction-owner


async def by_awaited_factory(factory: Callable[..., Awaitable[AsyncSession]]) -> None:
    await (await factory()).commit()  #! transaction-owner


def by_manager(manager: AbstractContextManager[Session]) -> None:
    with manager as session:
        session.commit()  #! transaction-owner


async def by_context() -> None:
    await current.get().commit()  #! transaction-owner


def by_extension() -> None:
    db.session.commit()  #! transaction-owner


def by_iteration() -> None:
    for session in opened():
        session.commit()  #! transaction-owner


class Unit:
    def __init__(self, factory: Callable[[], Session]) -> None:
        self._factory = factory

    def end(self) -> None:
        self._factory().commit()  #! transaction-owner
