from typing import Any

from shop.spine.outbox import append


def build(event_type: str, tenant: str, **extra: Any) -> dict[str, Any]:
    return {"event_id": "1", "event_type": event_type, "tenant_id": tenant, "sequence_no": 0, **extra}


def placed(session: Any, tenant: str, order_id: str, as_of: str) -> None:
    append(session, build("orders.Placed", tenant, order_id=order_id, as_of=as_of))


def cancelled(session: Any, tenant: str, order_id: str) -> None:
    append(session, build("orders.Cancelled", tenant, order_id=order_id))
