from sqlalchemy.orm import aliased

from shop.models.reexport import Alias


def write(session):
    session.merge(Alias(title="x"))  #! owners
    session.bulk_insert_mappings(Alias, [{"title": "a"}, {"title": "b"}])  #! owners
