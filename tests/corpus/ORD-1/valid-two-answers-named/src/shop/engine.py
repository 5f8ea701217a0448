from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        saved = self.config.save_artifacts
        missing = not report.artifact_paths
        refuse = saved and missing
        if refuse:
            return None
        driver.write_report(session, report)
