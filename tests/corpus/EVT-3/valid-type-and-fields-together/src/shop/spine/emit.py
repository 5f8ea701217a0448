from typing import Any

from shop.spine.outbox import append

FIELDS = {"orders.Placed": {"as_of": "now"}, "orders.Cancelled": {}}


def emit(session: Any, tenant: str, order_id: str, cancelled: bool) -> None:
    event = {"event_id": "1", "tenant_id": tenant, "sequence_no": 0, "order_id": order_id}
    if cancelled:
        event["event_type"] = "orders.Cancelled"
    else:
        event["event_type"] = "orders.Placed"
        event["as_of"] = "now"
    append(session, event)
