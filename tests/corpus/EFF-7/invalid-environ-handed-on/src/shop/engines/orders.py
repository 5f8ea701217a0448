import os


def decide(values: dict[str, str]) -> str:
    return values["X"]


def run() -> str:
    return decide(dict(os.environ))  #! environment-in-settings
