# Layer: L5 — Domain
# AUDIENCE: CUSTOMER
# Role: Root of the incidents domain.
# Callers: none
# Allowed Imports: none
# Forbidden Imports: all
"""Incidents domain: what happened that a person or process has to deal with."""
