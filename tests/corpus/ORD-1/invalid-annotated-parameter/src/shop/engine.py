from shop import artifacts, driver
from shop.model import Config, Report


def run(report, target: driver.ReportDriver):
    target.save(report)  #! artifact-before-db
