import contextvars
from collections.abc import Callable
from contextlib import AbstractContextManager

from fastapi import Depends


class Batch:
    def commit(self) -> None: ...


current: contextvars.ContextVar[Batch] = contextvars.ContextVar("current")


def opened():
    yield Batch()


def by_default(batch=Depends(opened)) -> None:
    batch.commit()


def by_factory(factory: Callable[[], Batch]) -> None:
    factory().commit()


def by_manager(manager: AbstractContextManager[Batch]) -> None:
    with manager as batch:
        batch.commit()


def by_context() -> None:
    current.get().commit()
