# Reads: orders
from sqlalchemy import text


def orders(session):
    return session.execute(text("SELECT id FROM orders")).all()
