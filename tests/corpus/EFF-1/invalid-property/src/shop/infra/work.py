from sqlalchemy.orm import Session
class Work:
    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def done(self) -> bool:
        self._session.commit()
        return True
