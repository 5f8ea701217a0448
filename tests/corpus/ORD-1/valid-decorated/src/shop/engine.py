from shop import artifacts, driver
from shop.model import Config, Report


import functools


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(function)
        return function(*args, **kwargs)

    return wrapper


@logged
def persist(session, report: Report):
    driver.write_report(session, report)


def run(session, report: Report):
    artifacts.store(report)
    persist(session, report)
