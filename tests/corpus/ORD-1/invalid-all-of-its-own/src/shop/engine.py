from shop import driver
from shop.model import Config, Report


def all(answers):
    print(answers)


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        if all([self.config.save_artifacts, not report.artifact_paths]):
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)  #! artifact-before-db
