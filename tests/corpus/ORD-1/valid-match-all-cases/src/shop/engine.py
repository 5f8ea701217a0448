from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    match report.rows:
        case []:
            artifacts.store(report)
        case [first, *_] if first > 0:
            artifacts.store(report)
        case _:
            return
    driver.write_report(session, report)
