from sqlalchemy.orm import Session
from shop.models import Order
def close(session: Session) -> None:
    mark(session)


def mark(session: Session) -> None:
    session.merge(Order(id=1))
