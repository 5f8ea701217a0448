from shop import artifacts, driver
from shop.model import Config, Report


def run(session, reports):
    for report in reports:
        artifacts.store(report)
    driver.write_report(session, reports[0])  #! artifact-before-db
