from contextlib import contextmanager

from shop.infra.models import Line, Offer


def managed(make):
    @contextmanager
    def session():
        with make() as made:
            yield made

    return session


class Store:
    def __init__(self, make):
        self.session = managed(make)

    def listed(self, tenant):
        with self.session() as session:
            return session.query(Offer).filter(Offer.tenant_id == tenant).all()  #! rows-in-one-order

    def ended(self, tenant):
        with self.session() as session:
            return session.query(Line).order_by(Line.offer_id, Line.position).all()

    def columns(self, tenant):
        with self.session() as session:
            return session.query(Offer.price).filter(Offer.tenant_id == tenant).first()  #! rows-in-one-order

    def asked(self, search):
        return search.of(self).query("price").filter("tenant").all()
