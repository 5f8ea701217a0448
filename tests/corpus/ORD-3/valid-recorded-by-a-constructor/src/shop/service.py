from shop import audit, store


class Entry:
    def __init__(self, row):
        audit.record(row)


class Quiet(Entry):
    def __init__(self, row):
        self.row = row


def run(row):
    store.change(row)
    Entry(row)
