from shop import audit, store


def _change(row):
    store.change(row)
    raise ValueError(row)


def _both(row):
    _change(row)
    audit.record(row)


def run(row):
    try:
        _both(row)  #? audit-after-change
    except ValueError:
        return None
