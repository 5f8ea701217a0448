from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    artifacts.store(report) if report.rows else None
    driver.write_report(session, report)  #! artifact-before-db
