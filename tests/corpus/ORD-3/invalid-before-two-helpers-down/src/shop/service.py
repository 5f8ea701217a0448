from shop import audit, store


def _note(row):
    audit.record(row)


def _change(row):
    store.change(row)


def _both(row):
    _note(row)
    _change(row)


def run(row):
    _both(row)  #! audit-after-change
