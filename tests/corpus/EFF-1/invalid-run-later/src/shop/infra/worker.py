import threading

from sqlalchemy.orm import Session


class Worker(threading.Thread):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def run(self) -> None:
        self._session.commit()


class Guard:
    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._session.flush()

    def __exit__(self, *error: object) -> None:
        self._session.commit()
