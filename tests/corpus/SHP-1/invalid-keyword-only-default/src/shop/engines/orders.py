from sqlalchemy.orm import Session as S


def decide(*, s: 'S | None' = None) -> int:  #! no-session
    return 1
