from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report, depth):
    if depth:
        return run(session, report, depth - 1)
    artifacts.store(report)
    return driver.write_report(session, report)
