from sqlalchemy.orm import Session


def decide() -> object:
    def work(session: Session) -> int: #! no-session
        return 1

    return work
