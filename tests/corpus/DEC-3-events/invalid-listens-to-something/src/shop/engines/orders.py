# Emits: none
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def listen(bus: Bus, names):
    for name in names:
        bus.on(name, print)  #? events-are-true
