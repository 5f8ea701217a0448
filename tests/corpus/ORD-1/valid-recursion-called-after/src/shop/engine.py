from shop import artifacts, driver
from shop.model import Config, Report


def persist(session, report, depth):
    if depth:
        return persist(session, report, depth - 1)
    return driver.write_report(session, report)


def run(session, report):
    artifacts.store(report)
    persist(session, report, 3)
