from shop import audit, store


def apply(row):
    return store.change(row)


def other(row):
    apply(row)  #! audit-after-change


def run(row):
    apply(row)
    audit.record(row)
