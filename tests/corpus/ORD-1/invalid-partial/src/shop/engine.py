from shop import artifacts, driver
from shop.model import Config, Report


from functools import partial


def run(session, report: Report):
    write = partial(driver.write_report, session)
    write(report)  #! artifact-before-db
    artifacts.store(report)
