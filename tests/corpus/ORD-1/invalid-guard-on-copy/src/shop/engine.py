from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        import copy

        other = copy.copy(report)
        if self.config.save_artifacts and not other.artifact_paths:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)  #! artifact-before-db
