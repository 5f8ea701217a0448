from datetime import datetime

from shop.infra.time import utc_now


def decide() -> object:
    utc_now()
    return datetime.utcnow()  #! one-clock
