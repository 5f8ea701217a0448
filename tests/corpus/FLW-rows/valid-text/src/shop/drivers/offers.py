from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def fetch(session: Session, tenant):
    return session.execute(
        text("SELECT code, price FROM offers WHERE tenant_id = :tenant ORDER BY price DESC, code LIMIT 10"), {"tenant": tenant}
    ).all()
