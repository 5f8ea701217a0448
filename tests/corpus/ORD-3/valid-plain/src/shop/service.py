from shop import audit, store


def run(row):
    store.change(row)
    audit.record(row)
