from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        self._prepare(report)
        driver.write_report(session, report)

    def _prepare(self, report: Report):
        report.text = "x"
        self._write_artifacts(report)

    def _write_artifacts(self, report: Report):
        report.artifact_paths = [report.text]
