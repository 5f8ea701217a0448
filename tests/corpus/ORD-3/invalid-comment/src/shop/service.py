from shop import audit, store


def run(row):
    store.change(row)  #! audit-after-change
    # audit.record(row)
