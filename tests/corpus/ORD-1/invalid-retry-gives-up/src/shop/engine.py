from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    attempts = 3
    while attempts:
        try:
            artifacts.store(report)
            break
        except OSError:
            attempts -= 1
    driver.write_report(session, report)  #! artifact-before-db
