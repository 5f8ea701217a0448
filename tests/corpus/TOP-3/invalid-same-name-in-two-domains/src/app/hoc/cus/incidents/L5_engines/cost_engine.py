x = 1  #! unique-engine-names
