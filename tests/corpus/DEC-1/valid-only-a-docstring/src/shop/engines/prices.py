# Layer: Engines
# Role: Decides what it costs.
x = 1
