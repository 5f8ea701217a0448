from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session
@contextmanager
def unit_of_work(session: Session) -> Iterator[Session]:
    yield session
    session.commit()
