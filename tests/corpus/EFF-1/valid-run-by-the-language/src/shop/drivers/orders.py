from shop.infra.unit import Unit


class Amount:
    def __init__(self, cents: int) -> None:
        self.cents = cents
        self.state = ""
        self.kept = 1

    def __add__(self, other: int) -> "Amount":
        return Amount(self.cents + other)

    def __len__(self) -> int:
        return self.cents

    def __lt__(self, other: "Amount") -> bool:
        return self.cents < other.cents


def adds(amount: Amount) -> Amount:
    return amount + 1


def decides(amount: Amount, units: list[Unit]) -> bool:
    return bool(amount and units)


def sorts(amounts: list[Amount]) -> list[Amount]:
    return sorted(amounts)


def sets(amount: Amount) -> int:
    amount.state = "done"
    return amount.kept


def reads(unit: Unit) -> str:
    return unit.state
