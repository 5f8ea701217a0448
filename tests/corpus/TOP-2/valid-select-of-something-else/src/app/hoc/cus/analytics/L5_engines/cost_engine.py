# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass


class Menu:
    def select(self, item):
        return item


def f():
    for each in [1]:
        Menu().select(each)
