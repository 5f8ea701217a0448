from sqlalchemy import select

from shop.models import Order
def decide(store) -> None:
    store.execute(select(Order))  #? engines-run-no-statement
