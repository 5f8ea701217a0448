from shop import audit, store


def run(row):
    store.change(row)  #! audit-after-change
    if row.quiet:
        return
    audit.record(row)
