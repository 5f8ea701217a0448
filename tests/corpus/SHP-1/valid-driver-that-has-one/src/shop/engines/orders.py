from sqlalchemy.orm import Session


class Driver:
    _session: Session


def decide(driver: Driver) -> int:
    return 1
