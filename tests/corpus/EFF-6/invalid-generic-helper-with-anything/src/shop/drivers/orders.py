from sqlalchemy.orm import Session
from shop.models import Base
def store(session: Session, row: Base) -> None:
    session.add(row)
