# Emits: none
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def listen(bus: Bus):
    bus.on("orders.Paid", print)  #! events-are-true
