from dataclasses import asdict, dataclass as record
from typing import Any, TypedDict

from shop.spine.outbox import append

PLACED = "orders.Placed"


@record(frozen=True)
class Cancelled:
    event_id: str
    tenant_id: str
    order_id: str
    event_type: str = "orders.Cancelled"
    sequence_no: int = 0


class Extra(TypedDict):
    order_id: str
    as_of: str


def _base(tenant: str) -> dict[str, Any]:
    base = dict(event_id="1", tenant_id=tenant)
    _number(base)
    return base


def _number(event: dict[str, Any]) -> None:
    event.setdefault("sequence_no", 0)


def placed(session: Any, tenant: str, order_id: str) -> None:
    event = _base(tenant) | {"event_type": PLACED}
    event.update(Extra(order_id=order_id, as_of="now"))
    append(session, event)


def placed_again(session: Any, tenant: str, order_id: str) -> None:
    event = {**_base(tenant), **{name: order_id for name in ("order_id", "as_of")}}
    event["event_type"] = "orders." + "Placed"
    append(session, payload=event)


def cancelled(session: Any, tenant: str, order_id: str) -> None:
    append(session, asdict(Cancelled("1", tenant, order_id)))
