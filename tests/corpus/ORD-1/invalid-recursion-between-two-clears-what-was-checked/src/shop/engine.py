from shop import driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if self.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError("refusing DB write")
        self._trim(report, 3)
        driver.write_report(session, report)  #! artifact-before-db

    def _trim(self, report: Report, depth):
        if depth:
            self._drop(report, depth - 1)

    def _drop(self, report: Report, depth):
        self._trim(report, depth)
        report.artifact_paths = []
