from sqlalchemy.orm import Session
from shop.drivers.orders import store
def detect_late(session: Session, rows: list[object]) -> None:
    for row in rows:
        store(session, row)  #? observers-only-record-feedback
