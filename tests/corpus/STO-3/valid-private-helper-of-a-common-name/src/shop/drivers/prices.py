class Prices:
    def __init__(self):
        self._prices = {}

    def _change(self, name, **values):
        self._prices[name] = values
