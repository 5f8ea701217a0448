from os import environ as e


def decide() -> str:
    return e["DB_PASSWORD"]  #! environment-in-settings
