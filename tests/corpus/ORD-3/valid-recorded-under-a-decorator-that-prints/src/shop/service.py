from functools import wraps

from shop import audit, store


def printed(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        print(args)
        return function(*args, **kwargs)

    return wrapper


@printed
def note(row):
    audit.record(row)


def run(row):
    store.change(row)
    note(row)
