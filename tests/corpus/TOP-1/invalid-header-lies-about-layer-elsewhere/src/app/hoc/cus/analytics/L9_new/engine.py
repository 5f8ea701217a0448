# Layer: L4 — Coordinator  #! one-layer
"""Coordinator."""
x = 1
