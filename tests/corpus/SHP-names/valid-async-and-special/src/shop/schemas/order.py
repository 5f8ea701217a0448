import enum


class Order:
    async def load_all(self, *args: int, **kwargs: int) -> int:
        return 1

    def __len__(self) -> int:
        return 0

    def _private2(self, _: int) -> int:
        return 1


class State(enum.Enum):
    OPEN_2 = 1


def to_v2(a: int) -> int:
    return a
