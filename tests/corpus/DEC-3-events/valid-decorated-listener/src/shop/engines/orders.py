# Emits: none
# Subscribes: orders.Paid
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


@bus.when("orders.Paid")
def paid(event):
    print(event)
