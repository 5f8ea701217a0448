from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    while True:
        try:
            artifacts.store(report)
            break
        except OSError:
            continue
    driver.write_report(session, report)
