from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def _ready(self, report: Report):
        ready = not self.config.save_artifacts or report.artifact_paths
        return ready

    def run(self, session, report: Report):
        if not self._ready(report):
            return None
        driver.write_report(session, report)
