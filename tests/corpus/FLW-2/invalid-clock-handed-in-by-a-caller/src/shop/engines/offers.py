from shop.drivers.offers import is_open
from shop.infra.clock import utc_now


def open_ones(rows):
    now = utc_now()
    return [row for row in rows if is_open(row, now)]
