from enum import Enum
from types import MappingProxyType


class Kind(str, Enum):
    PLACED = "orders.Placed"
    CANCELLED = "orders.Cancelled"


_COMMON = ("order_id",)
TYPES = MappingProxyType({Kind.PLACED.value: (*_COMMON, "as_of"), Kind.CANCELLED.value: _COMMON})
