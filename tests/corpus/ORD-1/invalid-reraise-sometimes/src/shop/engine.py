from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    try:
        artifacts.store(report)
    except OSError:
        if report.rows:
            raise
    driver.write_report(session, report)  #! artifact-before-db
