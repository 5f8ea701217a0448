# Emits: orders.Lost
# Subscribes: none
from shop.spine.outbox import append, emit
from shop.spine.bus import Bus, bus


def any_of(session, kind):
    append(session, {"event_type": kind})  #? events-are-true
