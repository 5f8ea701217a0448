from shop import audit, store


def run(row):
    try:
        store.change(row)
    finally:
        audit.record(row)
