import time


def still_good(ticket):
    deadline = ticket["valid_until"]
    return time.time() - 1800 < deadline  #! expiry-by-the-moment-asked-about
