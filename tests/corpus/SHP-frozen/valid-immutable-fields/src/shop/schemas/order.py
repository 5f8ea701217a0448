from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Order:
    lines: Sequence[str]
    notes: Annotated[frozenset[str], 'list[str]']
    by_id: Mapping[str, 'tuple[int, ...] | None']
