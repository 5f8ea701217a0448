from typing import Any


class Batch:
    def commit(self) -> None: ...


def asked(given: object) -> None:
    if isinstance(given, Batch):
        given.commit()


def refused(given: Any) -> None:
    if not isinstance(given, Batch):
        raise TypeError(given)
    given.commit()
