from functools import wraps

from shop import audit, store


def recorded(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        audit.record(result)
        return result

    return wrapper


@recorded
def run(row):
    return store.change(row)
