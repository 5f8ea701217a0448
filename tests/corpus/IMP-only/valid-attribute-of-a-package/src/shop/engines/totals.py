import sqlalchemy


def total(session: "sqlalchemy.orm.Session") -> object:
    return sqlalchemy.orm.Session.get(session, int, 1)
