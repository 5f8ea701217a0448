# Layer: L5
x = 1
