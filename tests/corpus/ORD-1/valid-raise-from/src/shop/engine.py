from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    try:
        artifacts.store(report)
    except OSError as error:
        raise RuntimeError(report.id) from error
    driver.write_report(session, report)
