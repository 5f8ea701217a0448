from shop import audit, store


def run(row):
    store.change(row)  #! audit-after-change
    for each in row.parts:
        audit.record(each)
