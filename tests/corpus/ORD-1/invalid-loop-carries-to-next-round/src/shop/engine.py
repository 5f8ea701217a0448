from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    def run(self, session, reports):
        checked = False
        for report in reports:
            if not checked:
                if self.config.save_artifacts and not report.artifact_paths:
                    raise RuntimeError("refusing DB write")
                checked = True
            driver.write_report(session, report)  #! artifact-before-db
