from pathlib import Path
from string import Template

import sqlalchemy as sa
from sqlalchemy import text


def with_the_default_schema(session):
    session.execute(text("/* SELECT */ UPDATE public.incidents SET title = 'x'"))  #! owners


def reflected(session):
    table = sa.Table("incidents", sa.MetaData(), autoload_with=session.connection())
    session.execute(table.delete())  #! owners


def named_only(connection):
    connection.execute(sa.table("incidents", sa.column("id")).delete())  #! owners


def from_a_file(session):
    session.execute(text(Path("clean.sql").read_text()))  #? owners


def from_a_template(session, table):
    session.execute(text(Template("DELETE FROM $table").substitute(table=table)))  #? owners
