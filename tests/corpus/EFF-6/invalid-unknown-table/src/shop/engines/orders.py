from sqlalchemy.orm import Session
from sqlalchemy import text
def detect_late(session: Session, table: str) -> None:
    session.execute(text(f"DELETE FROM {table}"))  #? observers-only-record-feedback
