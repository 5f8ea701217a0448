import asyncio
import contextlib
import threading
import weakref

from shop.infra.worker import Guard, Worker
from sqlalchemy.orm import Session


def by_thread(session: Session) -> None:
    threading.Thread(target=session.commit).start()  #! transaction-owner


def by_worker(session: Session) -> None:
    Worker(session).start()  #! transaction-owner


async def by_pool(session: Session) -> None:
    await asyncio.to_thread(session.commit)  #! transaction-owner


def by_stack(session: Session) -> None:
    with contextlib.ExitStack() as stack:
        stack.callback(session.commit)  #! transaction-owner


def by_guard(session: Session) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(Guard(session))  #! transaction-owner


def by_finalizer(order: object, session: Session) -> None:
    weakref.finalize(order, session.commit)  #! transaction-owner
