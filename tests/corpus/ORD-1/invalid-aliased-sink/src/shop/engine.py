from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    write = driver.write_report
    write(session, report)  #! artifact-before-db
    artifacts.store(report)
