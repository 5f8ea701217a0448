from shop import artifacts, driver
from shop.model import Config, Report


from contextlib import suppress


def run(session, report: Report):
    with suppress(OSError):
        artifacts.store(report)
    driver.write_report(session, report)  #! artifact-before-db
