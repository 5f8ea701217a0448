rows = 1
