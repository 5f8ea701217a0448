from shop import audit, store


def _twice(row):
    store.change(row)
    audit.record(row)
    store.change(row)


def run(row):
    _twice(row)  #! audit-after-change
