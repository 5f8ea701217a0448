from sqlalchemy.orm import Session
from sqlalchemy import func, select
def load(session: Session) -> None:
    session.scalar(select(func.now()))  #! one-clock
