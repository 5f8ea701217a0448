# Reads: Order
# Writes: Payment
from shop.models.tables import Order, Payment


def pay(session):
    order = session.get(Order, 1)
    session.add(Payment(id=order.id))
