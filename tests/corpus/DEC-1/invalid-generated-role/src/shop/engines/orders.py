# Layer: Engines
# Role: Orders
x = 1
