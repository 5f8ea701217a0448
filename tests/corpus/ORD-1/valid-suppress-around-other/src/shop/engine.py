from shop import artifacts, driver
from shop.model import Config, Report


from contextlib import suppress


def run(session, report: Report):
    artifacts.store(report)
    with suppress(OSError):
        report.text = open(report.text).read()
    driver.write_report(session, report)
