"""What a function does to the database, as a declaration the feature intents are checked against."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class TransactionIntent(str, Enum):
    """The transaction a function needs from the layer that owns it."""

    READ_ONLY = "read_only"
    ATOMIC_WRITE = "atomic_write"
    LOCKED_MUTATION = "locked_mutation"


def transactional(intent: TransactionIntent) -> Callable[[F], F]:
    """Declare the transaction a function needs. The function itself is returned, so a coroutine function
    stays one.
    """

    def declare(function: F) -> F:
        vars(function).update(_transaction_intent=intent)
        return function

    return declare
