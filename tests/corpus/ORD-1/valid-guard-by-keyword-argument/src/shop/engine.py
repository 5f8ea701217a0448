from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, result: Report):
        if self.config.save_artifacts and not result.artifact_paths:
            raise RuntimeError("refusing DB write")
        driver.write_report(report=result, session=session)
