from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        wanted = self.config.save_artifacts
        present = bool(report.artifact_paths)
        if wanted and not present:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)
