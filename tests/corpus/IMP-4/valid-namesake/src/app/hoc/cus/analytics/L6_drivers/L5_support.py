decide = 1
