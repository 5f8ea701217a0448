from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    def write():
        driver.write_report(session, report)

    write()  #! artifact-before-db
    artifacts.store(report)
