# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Root of the incident engines.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Incident engines."""
