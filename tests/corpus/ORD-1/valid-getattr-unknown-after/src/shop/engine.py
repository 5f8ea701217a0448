from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report, kind):
    artifacts.store(report)
    getattr(driver, f'write_{kind}')(session, report)
    driver.write_report(session, report)
