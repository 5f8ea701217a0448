from sqlalchemy import text


def orders(session):
    return session.execute(text('WITH payments AS (SELECT id FROM orders) SELECT id FROM payments')).all()
