def change(row: dict[str, str]) -> None:
    row["state"] = "changed"
