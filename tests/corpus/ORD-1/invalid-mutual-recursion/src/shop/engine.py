from shop import artifacts, driver
from shop.model import Config, Report


def even(session, report, n):
    if n:
        return odd(session, report, n - 1)
    return driver.write_report(session, report)


def odd(session, report, n):
    if n:
        return even(session, report, n - 1)
    return None


def run(session, report: Report):
    odd(session, report, 4)  #! artifact-before-db
