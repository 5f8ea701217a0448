from shop import audit, checks, store


def run(row: dict[str, str]) -> None:
    checks.check(row)
    store.change(row)
    audit.record(row)


METHODS = {"run": run}
