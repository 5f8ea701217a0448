# Reads: none
# Writes: payments
from sqlalchemy import text


def forget(session, table):
    session.execute(text(f"DELETE FROM {table}"))
