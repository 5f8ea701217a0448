from sqlalchemy.orm import Session

from shop.engines.orders import Decider


def route(engine) -> object:
    with Session(engine) as session:
        return Decider(store=session)
