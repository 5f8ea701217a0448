# Layer: L5 — Engines  #! one-layer
x = 1
