# Emits: orders.Placed, orders.Lost
# Subscribes: orders.Paid, orders.Refunded
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


PLACED = "orders.Placed"
TYPES = {"lost": "orders.Lost"}


def place(session):
    put = append
    put(session, payload=dict(event_type=PLACED))
    put(session, {"event_type": TYPES["lost"]})


def listen(box: Bus):
    box.on(["orders.Paid", "orders.Refunded"], handler=print)
