COMMIT = "COMMIT"


def commit() -> str:
    return COMMIT


def save() -> str:
    return commit()
