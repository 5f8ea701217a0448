from functools import partial

from sqlalchemy.orm import Session
from shop.infra.ends import keep
def save(session: Session) -> None:
    finish = partial(keep, session)
    finish()  #! transaction-owner
