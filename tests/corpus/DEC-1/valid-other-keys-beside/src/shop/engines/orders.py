# Layer: Engines — decisions
# Note: anything goes here
# Role: Decides what to order, and when.
x = 1
