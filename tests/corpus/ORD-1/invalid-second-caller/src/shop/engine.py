from shop import artifacts, driver
from shop.model import Config, Report


def persist(session, report: Report):
    driver.write_report(session, report)


def nightly(session, report: Report):
    artifacts.store(report)
    persist(session, report)


def manual(session, report: Report):
    persist(session, report)  #! artifact-before-db
