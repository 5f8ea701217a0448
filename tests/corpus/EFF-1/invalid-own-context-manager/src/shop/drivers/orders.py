from sqlalchemy.orm import Session
from shop.infra.work import Work
def save(session: Session) -> None:
    with Work(session):  #! transaction-owner
        session.flush()
