from dataclasses import dataclass


@dataclass(frozen=True)
class OrderRow:
    id: int
    total: int


def to_row(row) -> OrderRow:
    return OrderRow(id=row.id, total=row.total)
