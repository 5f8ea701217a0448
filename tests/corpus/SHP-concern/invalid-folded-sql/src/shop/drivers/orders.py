from sqlalchemy import text

TABLE = "pay" "ments"
ORDERS = text("SELECT id FROM orders")


def settle(session):
    session.execute(ORDERS)
    session.execute(text(f"DELETE FROM {TABLE}")) #! one-concern
