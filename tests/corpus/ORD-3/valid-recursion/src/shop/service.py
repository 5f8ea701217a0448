from shop import audit, store


def _down(row):
    store.change(row)
    if row:
        _down(row[1:])


def run(row):
    _down(row)
    audit.record(row)
