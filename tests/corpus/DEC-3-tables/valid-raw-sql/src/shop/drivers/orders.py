# Reads: orders
# Writes: payments
from sqlalchemy import text


def pay(session):
    session.execute(text('SELECT id FROM orders'))
    session.execute(text('UPDATE payments SET id = 1'))
