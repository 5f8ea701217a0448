from sqlalchemy.orm import Session
from sqlalchemy import text
CLAIM = text("""
    SELECT id
    FROM orders
    FOR UPDATE SKIP LOCKED
""")


def claim(session: Session) -> None:
    session.execute(CLAIM)  #! locks-in-one-place
