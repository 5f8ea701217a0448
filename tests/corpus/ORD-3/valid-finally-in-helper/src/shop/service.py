from shop import audit, store


def _change(row):
    try:
        store.change(row)
    finally:
        audit.record(row)


def run(row):
    try:
        _change(row)
    except ValueError:
        raise TypeError(row) from None
