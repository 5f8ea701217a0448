from sqlalchemy.orm import Session
def keep(session: Session) -> None:
    session.commit()
