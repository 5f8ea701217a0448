from sqlalchemy.orm import Session
from shop.drivers.orders import store
from shop.models import Feedback, Order
def detect_late(session: Session) -> None:
    store(session, Feedback(id=1))
    store(session, Order(id=1))  #! observers-only-record-feedback
