from shop.infra.unit import Unit


def adds(unit: Unit) -> None:
    unit + 1  #! transaction-owner


def asks(unit: Unit) -> bool:
    return 3 in unit  #! transaction-owner


def decides(unit: Unit) -> None:
    if unit:  #! transaction-owner
        return


def counts(unit: Unit) -> int:
    return len(unit)  #! transaction-owner


def shows(unit: Unit) -> str:
    return f"{unit}"  #! transaction-owner


def sorts(units: list[Unit]) -> list[Unit]:
    return sorted(units)  #! transaction-owner


def lists(unit: Unit) -> list[int]:
    return [*unit]  #! transaction-owner


def puts(unit: Unit) -> None:
    unit["a"] = 1  #! transaction-owner


def sets(unit: Unit) -> None:
    unit.state = "done"  #! transaction-owner


def reads(unit: Unit) -> int:
    return unit.kept  #! transaction-owner


def derives() -> type:
    class Special(Unit):  #! transaction-owner
        pass

    return Special
