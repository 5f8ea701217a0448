from sqlalchemy.orm import Session
from shop.models import Order
def detect_late(session: Session) -> None:
    order = session.get(Order, 1)
    late: Order = order
    late.state = "late"  #! observers-only-record-feedback
