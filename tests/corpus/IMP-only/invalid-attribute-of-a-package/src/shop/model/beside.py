import sqlalchemy.ext


def made() -> object:
    package = sqlalchemy
    return getattr(package, "orm").Session()  #! model-without-sessions, model-may-use
