"""
# Emits: orders.Placed
# Subscribes: none
"""
from shop.spine.outbox import append


def place(session, order_id):
    append(session, {"event_type": "orders.Placed", "order_id": order_id})
