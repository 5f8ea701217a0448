# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Handlers: one module per domain, each with a register function.
# Callers: app.hoc.cus.hoc_spine.orchestrator.bootstrap
# Allowed Imports: none
# Forbidden Imports: L2
"""Handlers: one module per domain, each with a register function."""
