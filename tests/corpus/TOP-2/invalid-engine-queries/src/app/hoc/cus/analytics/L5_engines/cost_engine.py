# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass


def f(s):
    from sqlalchemy import select

    return s.execute(select(1))  #! l5-no-database
