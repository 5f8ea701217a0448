from sqlalchemy import text


def forget(session, table):
    session.execute(text("SELECT id FROM orders"))
    session.execute(text(f"DELETE FROM {table}")) #? one-concern
