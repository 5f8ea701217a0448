from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    try:
        artifacts.store(report)
    except OSError:
        report.text = "disk full"
    driver.write_report(session, report)  #! artifact-before-db
