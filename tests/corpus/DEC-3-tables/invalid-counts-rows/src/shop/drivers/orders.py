# Reads: none
# Writes: none
from sqlalchemy import func, select

from shop.models.tables import Order


def count(session):
    return session.scalar(select(func.count()).select_from(Order))  #! tables-are-true
