def show(value) -> str:
    return str(value)


def run(row, name: str) -> str:
    return show(getattr(row, name))
