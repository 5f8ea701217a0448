from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    stored = False
    try:
        artifacts.store(report)
        stored = True
    except OSError:
        report.text = "disk full"
    if stored:
        driver.write_report(session, report)
