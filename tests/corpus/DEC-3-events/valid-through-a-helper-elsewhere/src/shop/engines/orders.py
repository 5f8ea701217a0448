# Emits: orders.Placed, orders.Lost
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def place(session, kind):
    emit(session, "orders.Placed", order_id=1)
    for name in ("Lost",):
        emit(session, f"orders.{name}")
