from shop import audit, store


def _change(row, later):
    store.change(row)
    if not later:
        audit.record(row)


def run(row, later):
    _change(row, later)
    if later:
        audit.record(row)
