from sqlalchemy.orm import Session
def keep(session: Session) -> None:
    session.commit()


def drop(session: Session) -> None:
    session.rollback()


ENDS = {"keep": keep, "drop": drop}
