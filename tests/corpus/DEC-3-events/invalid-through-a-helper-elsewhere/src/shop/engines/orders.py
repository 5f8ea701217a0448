# Emits: none
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def place(session):
    emit(session, "orders.Placed", order_id=1)
