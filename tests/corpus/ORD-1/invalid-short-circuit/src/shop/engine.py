from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    report.rows and artifacts.store(report)
    driver.write_report(session, report)  #! artifact-before-db
