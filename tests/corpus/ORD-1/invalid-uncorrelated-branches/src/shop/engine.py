from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    if report.rows:
        artifacts.store(report)
    report.rows = session.rows()
    if report.rows:
        driver.write_report(session, report)  #! artifact-before-db
