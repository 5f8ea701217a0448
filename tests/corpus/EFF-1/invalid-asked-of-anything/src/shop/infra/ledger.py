from sqlalchemy.orm import Session


class Ledger:
    def __init__(self, session: Session) -> None:
        self._session = session

    def settle(self, month: int) -> None:
        self._session.commit()
