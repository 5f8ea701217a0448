from sqlalchemy.orm import sessionmaker
SESSIONS = sessionmaker()


def save() -> None:
    with SESSIONS.begin() as session:  #! transaction-owner
        session.flush()
