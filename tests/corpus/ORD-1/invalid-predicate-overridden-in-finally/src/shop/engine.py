from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def _ready(self, report: Report):
        try:
            return not self.config.save_artifacts or report.artifact_paths
        finally:
            return True

    def run(self, session, report: Report):
        part = self._ready(report)
        if not part:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)  #! artifact-before-db
