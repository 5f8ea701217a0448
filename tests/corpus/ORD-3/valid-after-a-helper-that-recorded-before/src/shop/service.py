from shop import audit, store


def _moved(row):
    audit.record(row)
    store.change(row)


def run(row):
    _moved(row)
    audit.record(row)
