from sqlalchemy.orm import Session
from sqlalchemy import text
def detect_late(session: Session) -> None:
    session.execute(text("WITH late AS (SELECT id FROM orders) UPDATE orders SET state = 'late' FROM late"))  #! observers-only-record-feedback
