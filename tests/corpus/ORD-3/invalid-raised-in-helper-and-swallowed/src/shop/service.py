from shop import audit, store


def _change(row):
    store.change(row)
    audit.record(row)


def run(row):
    try:
        _change(row)  #? audit-after-change
    except OSError:
        return None
