from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    artifacts.store(report)
    getattr(driver, "write_report")(session, report)
