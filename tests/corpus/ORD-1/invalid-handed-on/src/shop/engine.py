from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    session.run_sync(driver.write_report, report)  #? artifact-before-db
    artifacts.store(report)
