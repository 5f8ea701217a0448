from sqlalchemy.orm import Session
from shop.infra.work import unit_of_work
def save(session: Session) -> None:
    with unit_of_work(session) as s:  #! transaction-owner
        s.flush()
