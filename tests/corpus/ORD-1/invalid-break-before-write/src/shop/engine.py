from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    for row in report.rows:
        if row < 0:
            break
        artifacts.store(report)
    driver.write_report(session, report)  #! artifact-before-db
