from sqlalchemy import text


def forget(session):
    session.execute(text("DELETE FROM customers")) #! one-concern
