# Layer: Engines
# Role: Decides what to order.
# Role: Decides what not to order.
x = 1
