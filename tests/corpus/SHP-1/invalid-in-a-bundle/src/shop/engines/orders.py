from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Deps:
    session: Session
    limit: int


def decide(deps: Deps) -> int: #! no-session
    return 1
