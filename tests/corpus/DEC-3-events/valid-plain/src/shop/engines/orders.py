# Emits: orders.Placed
# Subscribes: orders.Paid
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def place(session, order_id):
    append(session, {"event_type": "orders.Placed", "order_id": order_id})


def listen(bus: Bus):
    bus.on("orders.Paid", print)
