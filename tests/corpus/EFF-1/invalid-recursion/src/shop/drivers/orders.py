from sqlalchemy.orm import Session
from shop.infra.walk import even
def save(session: Session) -> None:
    even(4, session)  #! transaction-owner
