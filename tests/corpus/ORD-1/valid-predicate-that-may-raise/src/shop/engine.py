from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def _ready(self, report: Report):
        try:
            return not self.config.save_artifacts or len(report.artifact_paths) > 0
        except AttributeError:
            return False

    def run(self, session, report: Report):
        part = self._ready(report)
        if part:
            pass
        else:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)
