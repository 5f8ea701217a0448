from shop import artifacts, driver
from shop.model import Config, Report


def make_driver():
    return driver.ReportDriver()


def run(session, report: Report):
    make_driver().save(report)  #! artifact-before-db
