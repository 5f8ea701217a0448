from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def _ready(self, report: Report):
        if self.config.save_artifacts and not report.artifact_paths:
            return False
        return True

    def run(self, session, report: Report):
        if not self._ready(report):
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)
