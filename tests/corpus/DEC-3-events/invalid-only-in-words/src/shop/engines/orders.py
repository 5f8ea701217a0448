# Emits: orders.Lost
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


LOST = "orders.Lost"


def lose(session):
    """append(session, {"event_type": "orders.Lost"})"""
    # append(session, {"event_type": LOST})
    return LOST
