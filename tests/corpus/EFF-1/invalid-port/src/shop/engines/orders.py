from typing import Protocol
class Store(Protocol):
    def keep(self) -> None: ...


class Engine:
    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self) -> None:
        self._store.keep()  #! transaction-owner
