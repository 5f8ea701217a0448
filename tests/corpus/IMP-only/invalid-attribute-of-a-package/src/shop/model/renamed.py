import sqlalchemy as sa

MAKER = sa.orm.sessionmaker  #! model-without-sessions, model-may-use
