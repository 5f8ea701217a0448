from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

from shop.infra.models import Offer

sessions = scoped_session(sessionmaker(bind=create_engine("sqlite://")))


@contextmanager
def transaction():
    session = sessions()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise


def offers(tenant):
    with transaction() as session:
        return session.query(Offer).filter(Offer.tenant_id == tenant).order_by(Offer.id).all()


def first():
    return sessions.query(Offer).order_by(Offer.id).first()
