from shop import audit, store


def apply(row):
    return store.change(row)


def run(row):
    apply(row)
    audit.record(row)
