from shop import artifacts, driver
from shop.model import Config, Report


from contextlib import suppress


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        with suppress(KeyError):
            if self.config.save_artifacts and not report.artifact_paths:
                raise RuntimeError("refusing DB write")
            driver.write_report(session, report)
