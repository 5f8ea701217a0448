from shop import driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if self.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError("refusing DB write")
        self._count(report, 3)
        driver.write_report(session, report)

    def _count(self, report: Report, depth):
        if depth:
            return self._count(report, depth - 1) + len(report.rows)
        return 0
