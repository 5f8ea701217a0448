from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    stored = False
    if report.rows:
        artifacts.store(report)
        stored = True
    if not stored:
        driver.write_report(session, report)  #! artifact-before-db
