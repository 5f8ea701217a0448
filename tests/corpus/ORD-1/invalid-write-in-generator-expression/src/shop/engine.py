from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    pending = (artifacts.store(r) for r in [report])
    driver.write_report(session, report)  #! artifact-before-db
    return pending
