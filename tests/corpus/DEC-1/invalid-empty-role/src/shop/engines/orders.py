# Layer: Engines
# Role:
x = 1
