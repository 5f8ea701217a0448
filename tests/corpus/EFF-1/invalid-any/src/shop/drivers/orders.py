from typing import Any
class Driver:
    def __init__(self, db: Any) -> None:
        self._db = db

    def undo(self) -> None:
        self._db.rollback()  #? transaction-owner
