from contextlib import contextmanager

from shop import audit, store


@contextmanager
def recorded(row):
    yield row
    if row:
        audit.record(row)


def run(row):
    with recorded(row):
        store.change(row)  #! audit-after-change
