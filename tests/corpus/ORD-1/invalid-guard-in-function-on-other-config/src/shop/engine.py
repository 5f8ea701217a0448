from shop import artifacts, driver
from shop.model import Config, Report


def require(config: Config, report: Report):
    if config.save_artifacts and not report.artifact_paths:
        raise RuntimeError("refusing DB write")


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        require(Config(save_artifacts=False), report)
        driver.write_report(session, report)  #! artifact-before-db
