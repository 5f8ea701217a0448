from sqlalchemy.orm import Session
from sqlalchemy import text
SAVE = text("""INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET state = 'FOR UPDATE' """)


def save(session: Session) -> None:
    """Takes no lock: no FOR UPDATE here."""
    session.execute(SAVE)
