from sqlalchemy.orm import Session
def even(n: int, session: Session) -> None:
    if n:
        odd(n - 1, session)


def odd(n: int, session: Session) -> None:
    even(n - 1, session)
    session.rollback()
