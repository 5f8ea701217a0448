from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report, kind):
    getattr(driver, f'write_{kind}')(session, report)  #? artifact-before-db
    artifacts.store(report)
