from shop import audit, store


def run(row):
    audit.record(row)
    store.change(row)  #! audit-after-change
