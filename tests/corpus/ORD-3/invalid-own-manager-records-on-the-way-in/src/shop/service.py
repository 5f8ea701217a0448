from shop import audit, store


class Unit:
    def __init__(self, row):
        self.row = row

    def __enter__(self):
        audit.record(self.row)
        return self

    def __exit__(self, kind, error, trace):
        print(self.row)


def run(row):
    with Unit(row):
        store.change(row)  #! audit-after-change
