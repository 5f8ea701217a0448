# Layer: Engines
x = 1
# Role: Decides what to order.
