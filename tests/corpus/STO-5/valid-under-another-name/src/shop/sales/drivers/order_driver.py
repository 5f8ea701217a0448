import sqlalchemy as sa
from sqlalchemy import text


def of_another_schema(session):
    session.execute(text("UPDATE archive.incidents SET title = 'x'"))


def reflected(session):
    table = sa.Table("orders", sa.MetaData(), schema="main", autoload_with=session.connection())
    session.execute(table.delete())
