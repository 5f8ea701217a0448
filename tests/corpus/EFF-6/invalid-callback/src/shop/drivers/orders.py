from sqlalchemy.orm import Session
from shop.models import Order
def mark(session: Session) -> None:
    session.delete(Order(id=1))
