from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def _ready(self, report: Report):
        ready = not self.config.save_artifacts or report.artifact_paths
        return ready

    def run(self, session, report: Report):
        part = self._ready(report)
        part = part or report.text
        if not part:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)  #! artifact-before-db
