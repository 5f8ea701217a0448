from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    raise RuntimeError(report.id) from driver.write_report(session, report)  #! artifact-before-db
    artifacts.store(report)
