x = 1  #! no-services
