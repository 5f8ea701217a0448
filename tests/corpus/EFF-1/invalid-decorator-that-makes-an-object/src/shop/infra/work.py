from sqlalchemy.orm import Session


class Transactional:
    def __init__(self, function):
        self._function = function

    def __call__(self, session: Session, *args):
        result = self._function(session, *args)
        session.commit()
        return result


def transactional(function):
    return Transactional(function)
