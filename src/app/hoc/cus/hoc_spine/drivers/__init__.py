# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Queries on the tables the spine itself owns.
# Callers: app.hoc.cus.hoc_spine.auth.key_service
# Allowed Imports: none
# Forbidden Imports: L2
"""Queries on the tables the spine itself owns."""
