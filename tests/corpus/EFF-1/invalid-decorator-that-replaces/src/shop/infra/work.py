from sqlalchemy.orm import Session


def ended(session: Session, *args):
    session.commit()


def transactional(function):
    return ended
