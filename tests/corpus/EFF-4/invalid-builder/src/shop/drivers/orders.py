from sqlalchemy.orm import Session
from sqlalchemy import select

from shop.models import Order
def claim(session: Session) -> None:
    query = select(Order)
    query = query.with_for_update(skip_locked=True)  #! locks-in-one-place
    session.scalars(query)
