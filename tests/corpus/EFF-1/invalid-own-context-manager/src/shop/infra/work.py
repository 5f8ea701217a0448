from sqlalchemy.orm import Session
class Work:
    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> "Work":
        return self

    def __exit__(self, *exc: object) -> None:
        self._session.commit()
