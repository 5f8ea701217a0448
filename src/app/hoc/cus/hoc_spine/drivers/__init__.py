# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Queries on the tables the spine itself owns.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: L2
"""Queries on the tables the spine itself owns."""
