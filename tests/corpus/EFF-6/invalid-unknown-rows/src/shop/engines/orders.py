from sqlalchemy.orm import Session
def detect_late(session: Session, rows) -> None:
    session.add_all(rows)  #? observers-only-record-feedback
