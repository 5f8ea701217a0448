import secrets


def decide() -> str:
    return secrets.token_hex(8)  #! one-source-of-ids
