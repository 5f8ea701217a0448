from datetime import datetime as dt


def decide() -> object:
    return dt.now()  #! one-clock
