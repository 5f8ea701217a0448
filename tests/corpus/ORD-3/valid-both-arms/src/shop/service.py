from shop import audit, store


def run(row):
    store.change(row)
    if row.important:
        audit.record(row)
    else:
        audit.record(None)
