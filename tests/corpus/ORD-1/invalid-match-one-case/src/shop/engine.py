from shop import artifacts, driver
from shop.model import Config, Report


def run(session, report: Report):
    match report.rows:
        case []:
            report.text = "empty"
        case _:
            artifacts.store(report)
    driver.write_report(session, report)  #! artifact-before-db
