from shop import driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if not report.artifact_paths or not report.rows:
            raise RuntimeError("refusing DB write")
        self._shift(report, 2)
        driver.write_report(session, report)  #? artifact-before-db

    def _shift(self, report: Report, depth):
        if depth:
            self._shift(report, depth - 1)
            report.artifact_paths = report.rows
            report.rows = []
