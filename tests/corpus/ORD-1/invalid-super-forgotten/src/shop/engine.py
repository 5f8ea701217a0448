from shop import artifacts, driver
from shop.model import Config, Report


class Base:
    def run(self, session, report: Report):
        artifacts.store(report)

    def persist(self, session, report: Report):
        driver.write_report(session, report)


class Engine(Base):
    def run(self, session, report: Report):
        report.text = 'x'
        self.persist(session, report)  #! artifact-before-db
