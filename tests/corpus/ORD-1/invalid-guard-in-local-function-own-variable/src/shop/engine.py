from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, report: Report, known: list[Report]):
        def check():
            for report in known:
                if self.config.save_artifacts and not report.artifact_paths:
                    raise RuntimeError("refusing DB write")

        check()
        driver.write_report(session, report)  #! artifact-before-db
