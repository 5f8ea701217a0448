"""Never SELECT ... FOR UPDATE here, nor ``with_for_update()``."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.models import Order

HELP = """
    SELECT id
    FROM orders
    FOR UPDATE SKIP LOCKED
"""


def find(session: Session) -> list[int]:
    """As ``HELP``, without FOR UPDATE."""
    found = session.scalars(select(Order.id).order_by(Order.id))
    session.execute(text("SELECT id, 'FOR UPDATE' AS hint FROM orders"))
    return [len(HELP), *found]
