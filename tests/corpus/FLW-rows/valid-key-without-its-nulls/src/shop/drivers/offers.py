from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.infra.models import Line, Offer


def the_one_with(session: Session, email: str):
    return session.scalars(select(Offer).where(Offer.email == email)).first()


def with_email(session: Session):
    query = select(Offer).where(Offer.email.is_not(None)).order_by(Offer.email)
    return [offer.price for offer in session.scalars(query)]


def numbered(session: Session, tenant: str):
    statement = text("SELECT price FROM offers WHERE tenant_id = :tenant AND number > 0 ORDER BY number")
    return session.execute(statement, {"tenant": tenant}).all()


def named(session: Session):
    statement = text("SELECT price FROM offers WHERE email IS NOT NULL ORDER BY email")
    return session.execute(statement).all()


def offers_and_lines(session: Session):
    query = select(Offer, Line).outerjoin(Line, Line.offer_id == Offer.id).order_by(Offer.id)
    return session.execute(query).all()


def lines_with_offers(session: Session):
    statement = text("SELECT l.article, o.price FROM lines l JOIN offers o ON o.id = l.offer_id ORDER BY o.id")
    return session.execute(statement).all()
