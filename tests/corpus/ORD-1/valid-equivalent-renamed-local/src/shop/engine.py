from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, outcome: Report):
        self._write_artifacts(outcome)
        if self.config.save_artifacts and not outcome.artifact_paths:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, outcome)

    def _write_artifacts(self, outcome: Report):
        outcome.artifact_paths = [outcome.text]
