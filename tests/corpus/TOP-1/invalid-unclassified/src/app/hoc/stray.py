x = 1  #! one-layer
