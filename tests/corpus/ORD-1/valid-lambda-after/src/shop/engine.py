from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    artifacts.store(report)
    session.run_sync(lambda s: driver.write_report(s, report))
