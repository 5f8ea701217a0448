# Emits: none
# Subscribes: orders.Paid
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def listen(bus: Bus):
    bus.on(["orders.Paid", "orders.Refunded"], print)  #! events-are-true
