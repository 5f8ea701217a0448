from contextlib import contextmanager

from shop import audit, store


@contextmanager
def recorded(row):
    audit.record(row)
    yield row


def run(row):
    with recorded(row):
        store.change(row)  #! audit-after-change
