from shop import audit, store


def run(row):
    store.change(row)
    if row.broken:
        raise ValueError(row)
    audit.record(row)
