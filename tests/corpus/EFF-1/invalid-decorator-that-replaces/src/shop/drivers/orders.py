from sqlalchemy.orm import Session
from shop.infra.work import transactional
@transactional
def save(session: Session) -> None:  #! transaction-owner
    session.flush()
