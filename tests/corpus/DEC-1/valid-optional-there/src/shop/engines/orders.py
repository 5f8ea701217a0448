# Layer: Engines
# Role: Decides what to order.
# Since: 2026
x = 1
