import functools

from sqlalchemy.orm import Session


def transactional(function):
    return _wrapped(function)


def _wrapped(function):
    @functools.wraps(function)
    def wrapper(session: Session, *args):
        result = function(session, *args)
        session.commit()
        return result

    return wrapper
