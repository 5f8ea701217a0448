from uuid import uuid4


def decide() -> str:
    return str(uuid4())  #! one-source-of-ids
