from shop import artifacts, driver
from shop.model import Config, Report


class Writer:
    @classmethod
    def persist(cls, session, report: Report):
        driver.write_report(session, report)


def run(session, report: Report):
    Writer.persist(session, report)  #! artifact-before-db
