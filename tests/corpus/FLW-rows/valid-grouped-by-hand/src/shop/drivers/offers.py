from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Line


def articles(session: Session, offers: list[int]):
    found = {offer: [] for offer in offers}
    lines = session.query(Line).filter(Line.offer_id.in_(offers)).order_by(Line.position).all()
    for line in lines:
        found[line.offer_id].append(line.article)
    return found


def positions(session: Session):
    found = defaultdict(list)
    for line in session.scalars(select(Line).order_by(Line.position)):
        found.setdefault(line.offer_id, []).append(line.position)
    return found


def sorted_lines(session: Session):
    return sorted(session.query(Line).order_by(Line.position).all(), key=lambda line: line.offer_id)


def sorted_in_place(session: Session):
    lines = list(session.query(Line).all())
    lines.sort(key=lambda line: (line.offer_id, line.position))
    return lines


def of_either(session: Session, offers: list[int], old: bool):
    lines = session.query(Line).filter(Line.offer_id.in_(offers))
    if old:
        lines = lines.filter(Line.position > 7)
    found = {offer: [] for offer in offers}
    for line in lines.order_by(Line.position).all():
        found[line.offer_id].append(line.article)
    return found
