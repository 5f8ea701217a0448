from shop import audit, store


def run(row):
    store.change(row)  #! audit-after-change
    if row.important:
        audit.record(row)
