from shop import artifacts, driver
from shop.model import Config, Report


def must_refuse(config: Config, report: Report) -> bool:
    return config.save_artifacts and not report.artifact_paths


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if must_refuse(self.config, report):
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)
