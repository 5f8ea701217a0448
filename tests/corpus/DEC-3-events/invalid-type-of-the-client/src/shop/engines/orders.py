# Emits: orders.Placed
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def place(session, order_id):
    append(session, {"event_type": "orders.Placed", "order_id": order_id})


def any_of(session, kind):
    append(session, {"event_type": kind})  #? events-are-true
