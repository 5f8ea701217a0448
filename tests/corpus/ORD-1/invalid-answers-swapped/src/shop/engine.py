from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        saved, missing = not report.artifact_paths, self.config.debug
        if saved and missing:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)  #! artifact-before-db
