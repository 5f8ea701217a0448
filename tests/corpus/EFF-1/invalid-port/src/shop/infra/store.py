from sqlalchemy.orm import Session
class SessionStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self) -> None:
        self._session.commit()
