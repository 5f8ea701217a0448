from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self):
        self._driver = None

    @property
    def driver(self):
        if self._driver is None:
            self._driver = driver.ReportDriver()
        return self._driver

    def run(self, report):
        self.driver.save(report)  #! artifact-before-db
        artifacts.store(report)
