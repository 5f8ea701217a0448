from shop import artifacts, driver
from shop.model import Config, Report


def may_write(config: Config, report: Report) -> bool:
    return not config.save_artifacts or bool(report.artifact_paths)


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if may_write(self.config, report):
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)  #! artifact-before-db
