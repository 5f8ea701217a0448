# Reads: orders
# Writes: none
from sqlalchemy import text

DROP = 'DELETE FROM '


def pay(session):
    session.execute(text('SELECT id FROM orders'))
    session.execute(text(DROP + 'payments'))  #! tables-are-true
