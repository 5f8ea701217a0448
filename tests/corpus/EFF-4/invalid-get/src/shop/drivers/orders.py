from sqlalchemy.orm import Session
from shop.models import Order
def claim(session: Session) -> None:
    session.get(Order, 1, with_for_update=True)  #! locks-in-one-place
