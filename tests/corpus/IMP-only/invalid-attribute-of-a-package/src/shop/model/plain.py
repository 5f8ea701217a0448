import sqlalchemy

MAKER = sqlalchemy.orm.sessionmaker  #! model-without-sessions, model-may-use
