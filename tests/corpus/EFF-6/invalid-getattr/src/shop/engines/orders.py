from sqlalchemy.orm import Session
from shop.models import Order
def detect_late(session: Session, row: Order) -> None:
    getattr(session, "add")(row)  #! observers-only-record-feedback
