from shop import artifacts, driver
from shop.model import Config, Report


def run(session, reports):
    artifacts.store(reports)
    return [driver.write_report(session, report) for report in reports]
