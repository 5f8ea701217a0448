"""Orders and prices."""

from shop.schemas.base import Base


class Order(Base):
    """An order of somebody."""

    def total(self) -> int:
        return 2
