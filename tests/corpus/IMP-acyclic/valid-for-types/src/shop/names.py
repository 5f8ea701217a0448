from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop import orders


def clean(name: str, of: "type[orders.Order] | None" = None) -> str:
    return name.strip()
