from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    if report.rows:
        artifacts.store(report)
    else:
        report.text = 'empty'
        artifacts.store(report)
    driver.write_report(session, report)
