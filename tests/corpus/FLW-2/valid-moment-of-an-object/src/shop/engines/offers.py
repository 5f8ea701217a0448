class Shelf:
    def __init__(self, as_of):
        self.as_of = as_of

    def keeps(self, offer):
        return self.as_of < offer["valid_until"]
