from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, reports: list[Report]):
        for each in reports:
            driver.write_report(session, each)  #! artifact-before-db
        if self.config.save_artifacts and not each.artifact_paths:
            raise RuntimeError("refusing DB write")
