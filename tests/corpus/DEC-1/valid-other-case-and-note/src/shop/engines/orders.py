#layer: Engines (of the shop)
#role: Decides what to order
x = 1
