from collections import defaultdict

from sqlalchemy.orm import Session

from shop.infra.models import Line


def by_article(session: Session):
    found = defaultdict(list)
    for line in session.query(Line).order_by(Line.position).all():  #! rows-in-one-order
        found[line.article].append(line.offer_id)
    return found


def cut_off(session: Session):
    found = defaultdict(list)
    for line in session.query(Line).order_by(Line.position).limit(9).all():  #! rows-in-one-order
        found[line.offer_id].append(line.article)
    return found


def twice(session: Session):
    found, flat = defaultdict(list), []
    for line in session.query(Line).order_by(Line.position).all():  #! rows-in-one-order
        found[line.offer_id].append(line.article)
        flat.append(line.article)
    return found, flat


def by_article_first(session: Session):
    lines = session.query(Line).order_by(Line.position).all()  #! rows-in-one-order
    return sorted(lines, key=lambda line: line.article)


def in_place(session: Session):
    lines = list(session.query(Line).all())  #! rows-in-one-order
    lines.sort(key=lambda line: (line.article, line.position))
    return lines


def by_somebody(session: Session, rank):
    return sorted(session.query(Line).all(), key=rank)  #? rows-in-one-order
