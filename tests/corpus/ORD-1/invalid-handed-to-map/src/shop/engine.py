from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    list(map(driver.write_report, [session], [report]))  #? artifact-before-db
