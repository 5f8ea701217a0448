from shop import audit, checks


def before(row: dict[str, str]) -> None:
    checks.check(row)


def after(row: dict[str, str]) -> None:
    try:
        print("changed")
    finally:
        audit.record(row)
