from shop import audit, store


class Unit:
    def __init__(self, row):
        self.row = row

    def __enter__(self):
        print(self.row)
        return self

    def __exit__(self, kind, error, trace):
        audit.record(self.row)


def run(row):
    with Unit(row):
        store.change(row)
