from sqlalchemy.orm import Session
from shop.infra.ends import drop, keep

ENDS = {"keep": keep, "drop": drop}
def save(session: Session, how: str) -> None:
    ENDS[how](session)  #! transaction-owner, transaction-owner
