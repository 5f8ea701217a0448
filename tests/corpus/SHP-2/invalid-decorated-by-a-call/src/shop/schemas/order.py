import atexit

atexit.register(print)  #! only-data


class Order:
    total: int
