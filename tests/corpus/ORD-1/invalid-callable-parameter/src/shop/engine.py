from shop import artifacts, driver
from shop.model import Config, Report


class Writer:
    def __call__(self, session, report: Report):
        driver.write_report(session, report)


def run(session, report, write: Writer):
    write(session, report)  #! artifact-before-db
