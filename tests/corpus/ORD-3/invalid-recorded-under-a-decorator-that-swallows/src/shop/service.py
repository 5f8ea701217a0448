from functools import wraps

from shop import audit, store


def harmless(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except OSError:
            return None

    return wrapper


@harmless
def note(row):
    audit.record(row)


def run(row):
    store.change(row)  #? audit-after-change
    note(row)
