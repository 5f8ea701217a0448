from shop import driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if all([self.config.save_artifacts, not report.artifact_paths]):
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)

    def run_unless(self, session, report: Report):
        if any((not self.config.save_artifacts, report.artifact_paths)):
            driver.write_report(session, report)
