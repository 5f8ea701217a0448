from shop import artifacts, driver
from shop.model import Config, Report


class MissingArtifactsError(Exception):
    pass


FAILURES = (KeyError, MissingArtifactsError)


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report):
        try:
            if self.config.save_artifacts and not report.artifact_paths:
                raise MissingArtifactsError(report.id)
            driver.write_report(session, report)
        except FAILURES:  #! artifact-before-db
            report.text = "failed"
