def check(row: dict[str, str]) -> None:
    if not row:
        raise ValueError("nothing to store")
