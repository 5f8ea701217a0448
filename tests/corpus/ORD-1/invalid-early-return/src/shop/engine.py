from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    if not report.rows:
        driver.write_report(session, report)  #! artifact-before-db
        return
    artifacts.store(report)
    driver.write_report(session, report)
