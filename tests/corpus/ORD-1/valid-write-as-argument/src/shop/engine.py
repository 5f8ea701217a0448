from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    driver.write_report(session, artifacts.store(report))
