x = 1  #! engine-names
