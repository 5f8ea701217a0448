from shop import audit, checks, store


def run(row: dict[str, str]) -> None:
    store.change(row)  #! changes-are-audited-here, checked-here


def main(row: dict[str, str]) -> None:
    checks.check(row)
    run(row)
    audit.record(row)
