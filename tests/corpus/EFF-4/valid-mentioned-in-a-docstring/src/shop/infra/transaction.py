from sqlalchemy.orm import Session
from sqlalchemy import select

from shop.models import Order
def locked(session: Session) -> Order | None:
    return session.scalar(select(Order).with_for_update())
