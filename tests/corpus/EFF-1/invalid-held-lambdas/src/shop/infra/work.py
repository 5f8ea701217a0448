from dataclasses import dataclass, field

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

MAIN = Session(create_engine("sqlite://"))
finish = lambda: MAIN.commit()


@dataclass
class Mark:
    at: object = field(default_factory=lambda: MAIN.commit())


class Steps:
    last = lambda self: MAIN.commit()
