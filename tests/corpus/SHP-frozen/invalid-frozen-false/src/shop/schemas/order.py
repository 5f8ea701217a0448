import dataclasses as dc

FROZEN = False


@dc.dataclass(frozen=FROZEN, slots=True)
class Order: #! frozen-values
    total: int
