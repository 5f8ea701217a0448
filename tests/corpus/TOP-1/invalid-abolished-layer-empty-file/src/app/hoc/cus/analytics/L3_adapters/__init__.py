"""Nothing yet."""  #! one-layer
