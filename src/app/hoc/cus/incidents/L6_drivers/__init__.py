# Layer: L6 — Drivers
# AUDIENCE: CUSTOMER
# Role: Root of the incident drivers.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Incident drivers."""
