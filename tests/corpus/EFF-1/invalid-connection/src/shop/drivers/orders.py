from sqlalchemy import Connection
class Driver:
    def __init__(self, conn: Connection | None) -> None:
        self._conn = conn

    def undo(self) -> None:
        self._conn.rollback()  #! transaction-owner
