# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: reads costs
"""Driver."""


def read_costs(session):
    return session
