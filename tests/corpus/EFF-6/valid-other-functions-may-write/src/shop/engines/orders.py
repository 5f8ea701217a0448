from sqlalchemy.orm import Session
from shop.models import Order
def detect_late(session: Session) -> bool:
    return session.get(Order, 1) is not None


def close(session: Session) -> None:
    session.delete(Order(id=1))
