from datetime import datetime, timezone

from shop.drivers.offers import is_open


def open_ones(rows, as_of):
    return [row for row in rows if is_open(row, as_of)]


def open_now(rows):
    return list(filter(lambda row: is_open(row, datetime.now(timezone.utc)), rows))
