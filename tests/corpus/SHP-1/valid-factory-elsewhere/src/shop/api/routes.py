from sqlalchemy.orm import Session

from shop.engines.orders import decide


def route(session: Session) -> str:
    return decide(lambda key: str(session.get(object, key)))
