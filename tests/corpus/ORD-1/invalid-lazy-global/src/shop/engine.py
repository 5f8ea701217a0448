from shop import artifacts, driver
from shop.model import Config, Report


_driver = None


def get_driver():
    global _driver
    if _driver is None:
        _driver = driver.ReportDriver()
    return _driver


def run(session, report: Report):
    get_driver().save(report)  #! artifact-before-db
    artifacts.store(report)
