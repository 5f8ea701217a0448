from shop import artifacts, driver
from shop.model import Config, Report


class Base:
    def run(self, session, report: Report):
        artifacts.store(report)
        self.hook(session, report)

    def hook(self, session, report: Report):
        pass


class Engine(Base):
    def hook(self, session, report: Report):
        driver.write_report(session, report)
