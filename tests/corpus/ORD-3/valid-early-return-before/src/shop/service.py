from shop import audit, store


def run(row):
    if row.quiet:
        return
    store.change(row)
    audit.record(row)
