from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        while self.config.save_artifacts and not report.artifact_paths:
            report.artifact_paths = session.fetch(report)
        driver.write_report(session, report)
