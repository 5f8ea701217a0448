# Reads: orders, payments
# Writes: none
from sqlalchemy import select
from sqlalchemy.orm import aliased

from shop.models import tables as t

Other = aliased(t.Payment)


def load(session):
    return session.execute(select(t.Order.id, Other.id))
