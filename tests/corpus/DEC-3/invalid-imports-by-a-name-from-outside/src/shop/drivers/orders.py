def load(*a):
    return 1
