from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Offer


def in_state(session: Session):
    query = select(Offer).where(Offer.state == "id").order_by(Offer.state)
    return [offer.price for offer in session.scalars(query)]  #! rows-in-one-order
