from shop.schemas.store import Store


class Decider:
    def __init__(self, store: Store) -> None: #! no-session
        self._store = store
