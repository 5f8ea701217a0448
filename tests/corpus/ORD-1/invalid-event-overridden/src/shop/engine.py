from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def _write_artifacts(self, report: Report):
        artifacts.store(report)

    def run(self, session, report: Report):
        driver.write_report(session, report)
        self._write_artifacts(report)


class Quick(Engine):
    def run(self, session, report: Report):
        super().run(session, report)  #! artifact-before-db
