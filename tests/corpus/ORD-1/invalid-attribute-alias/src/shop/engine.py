from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config
        self._write = driver.write_report

    def run(self, session, report: Report):
        self._write(session, report)  #! artifact-before-db
