from shop import artifacts, driver
from shop.model import Config, Report


def run(session, reports):
    [artifacts.store(report) for report in reports]
    for report in reports:
        driver.write_report(session, report)  #! artifact-before-db
