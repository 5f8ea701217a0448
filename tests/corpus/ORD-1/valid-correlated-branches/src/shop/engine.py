from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    wanted = bool(report.rows)
    if wanted:
        artifacts.store(report)
    session.ping()
    if wanted:
        driver.write_report(session, report)
