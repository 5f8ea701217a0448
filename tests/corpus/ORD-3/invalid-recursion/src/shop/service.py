from shop import audit, store


def _down(row):
    if row:
        _down(row[1:])
        audit.record(row)
    store.change(row)


def run(row):
    _down(row)  #! audit-after-change
