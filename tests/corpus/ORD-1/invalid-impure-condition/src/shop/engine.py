from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    if session.ready():
        artifacts.store(report)
    if session.ready():
        driver.write_report(session, report)  #! artifact-before-db
