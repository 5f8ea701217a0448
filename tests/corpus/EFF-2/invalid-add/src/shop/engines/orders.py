from sqlalchemy.orm import Session
from shop.models import Order
def decide(session: Session) -> None:
    session.add(Order(id=1))  #! engines-run-no-statement
