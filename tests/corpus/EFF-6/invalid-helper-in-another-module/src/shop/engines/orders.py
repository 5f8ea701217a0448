from sqlalchemy.orm import Session
from shop.drivers import orders
def detect_late(session: Session) -> None:
    orders.close(session)  #! observers-only-record-feedback
