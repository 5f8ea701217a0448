from sqlalchemy.orm import Session
def detect_late(session: Session, statement: object) -> None:
    session.execute(statement)  #? observers-only-record-feedback
