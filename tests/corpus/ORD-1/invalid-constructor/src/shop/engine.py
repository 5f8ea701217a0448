from shop import artifacts, driver
from shop.model import Config, Report


class Writer:
    def __init__(self, session, report: Report):
        driver.write_report(session, report)


def run(session, report: Report):
    Writer(session, report)  #! artifact-before-db
