x = 1  #! no-services, engine-names
