from shop import audit, store


def trace(row):
    if row:
        audit.record(row)


def run(row):
    store.change(row)  #! audit-after-change
    trace(row)
