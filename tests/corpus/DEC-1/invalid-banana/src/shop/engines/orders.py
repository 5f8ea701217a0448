# Layer: banana
# Role: Decides what to order.
x = 1
