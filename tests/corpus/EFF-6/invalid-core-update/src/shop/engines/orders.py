from sqlalchemy.orm import Session
from sqlalchemy import update

from shop.models import Order
def detect_late(session: Session) -> None:
    change = update(Order).where(Order.id == 1)
    session.execute(change.values(state="late"))  #! observers-only-record-feedback
