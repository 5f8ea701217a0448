from sqlalchemy.orm import Session
from sqlalchemy import insert

from shop.models import Feedback
def record(session: Session) -> None:
    session.execute(insert(Feedback).values(note="late"))
    session.add(Feedback(id=1))
    session.flush()
