from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    """Calls driver.write_report(session, report) after artifacts.store(report)."""
    # driver.write_report(session, report)
    text = "driver.write_report(session, report)"
    artifacts.store(report)
    driver.write_report(session, report)
    report.text = text
