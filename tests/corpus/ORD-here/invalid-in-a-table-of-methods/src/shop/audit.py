def record(row: dict[str, str]) -> None:
    print(row)
