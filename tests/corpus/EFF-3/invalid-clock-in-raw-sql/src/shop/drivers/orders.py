from sqlalchemy.orm import Session
from sqlalchemy import text
def load(session: Session) -> None:
    session.execute(text("DELETE FROM orders WHERE expires_at < now()"))  #! one-clock
