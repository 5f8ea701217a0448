# Emits: none
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def place(session):
    """append(session, {"event_type": "orders.Placed"})"""
    # bus.on("orders.Paid", print)
    return "orders.Placed"
