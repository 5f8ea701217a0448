"""Nothing of sqlalchemy.orm here."""

import sqlalchemy

TOTAL = sqlalchemy.Column("total", sqlalchemy.types.Integer)
FUNCTIONS = sqlalchemy.sql.func


class Holder:
    orm = None


def name(sqlalchemy: Holder) -> object:
    return sqlalchemy.orm
