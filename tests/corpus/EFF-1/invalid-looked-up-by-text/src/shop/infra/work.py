from sqlalchemy.orm import Session


def finish(session: Session) -> None:
    session.commit()
