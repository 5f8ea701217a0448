# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Engine."""


class CostEngine:
    pass


def f(s):
    import sqlalchemy as sa

    query = sa.select
    return query(1)  #! l5-no-database
