from shop import artifacts, driver
from shop.model import Config, Report


def stored(report):
    artifacts.store(report)
    yield report


def run(session, report: Report):
    stored(report)
    driver.write_report(session, report)  #! artifact-before-db
