import dataclasses as dc


@dc.dataclass(slots=True, frozen=True)
class Order:
    total: int
