from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    if 0:
        artifacts.store(report)
    driver.write_report(session, report)  #! artifact-before-db
