# Layer: EnginesAndMore
# Role: Decides what to order.
x = 1
