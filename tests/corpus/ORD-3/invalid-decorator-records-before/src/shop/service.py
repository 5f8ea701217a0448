from functools import wraps

from shop import audit, store


def recorded(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        audit.record(args)
        return function(*args, **kwargs)

    return wrapper


@recorded
def run(row):
    return store.change(row)  #! audit-after-change
