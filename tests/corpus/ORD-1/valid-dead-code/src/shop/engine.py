from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    if False:
        driver.write_report(session, report)
    artifacts.store(report)
    driver.write_report(session, report)
    return
    driver.write_report(session, report)
