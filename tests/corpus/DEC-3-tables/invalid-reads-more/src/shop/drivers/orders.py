# Reads: orders
# Writes: none
from sqlalchemy import text


def paid(session):
    session.execute(text("SELECT id FROM orders"))
    session.execute(text("SELECT id FROM payments"))
