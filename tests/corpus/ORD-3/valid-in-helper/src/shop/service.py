from shop import audit, store


def trace(row):
    audit.record(row)


def run(row):
    store.change(row)
    trace(row)
