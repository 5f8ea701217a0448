"""A bound on the time a verifier may take."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class DeadlineError(BaseException):
    """The time is over. No ``Exception``: what guards against defects must not take it for one."""


def within(seconds: float, call: Callable[[], T]) -> T:
    """What *call* returns; raises ``DeadlineError`` when that takes longer than *seconds*.

    The call is interrupted where the platform has a timer and this is the main thread. Elsewhere it is found to
    have been too slow when it returns: later, but with the same verdict.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _interrupted(seconds, call)
    begin = time.monotonic()
    result = call()
    if time.monotonic() - begin > seconds:
        raise DeadlineError
    return result


def _interrupted(seconds: float, call: Callable[[], T]) -> T:
    def stop(_signal: int, _frame: object) -> None:
        raise DeadlineError

    handler = signal.signal(signal.SIGALRM, stop)
    begin = time.monotonic()
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if remaining:  # somebody else's timer goes on where it was
            left = max(remaining - (time.monotonic() - begin), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, interval)
