from shop import artifacts, driver
from shop.model import Config, Report


class Writer:
    @staticmethod
    def persist(session, report: Report):
        driver.write_report(session, report)


def run(session, report: Report):
    artifacts.store(report)
    Writer.persist(session, report)
