# Layer: Engines
# Role: Decides what to order.
# Since: last year
x = 1
