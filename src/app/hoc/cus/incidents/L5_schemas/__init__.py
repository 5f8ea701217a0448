# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Root of the incident schemas.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Incident schemas."""
