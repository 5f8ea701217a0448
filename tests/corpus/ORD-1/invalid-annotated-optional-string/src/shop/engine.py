from shop import artifacts, driver
from shop.model import Config, Report


def run(report, target: 'driver.ReportDriver | None' = None):
    if target is not None:
        target.save(report)  #! artifact-before-db
