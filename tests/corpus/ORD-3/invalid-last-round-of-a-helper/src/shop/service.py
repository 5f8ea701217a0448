from shop import audit, store


def _each(rows):
    for row in rows:
        audit.record(row)
        store.change(row)


def run(rows):
    _each(rows)  #! audit-after-change
