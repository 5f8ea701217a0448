from shop import artifacts, driver
from shop.model import Config, Report


def run(session, reports):
    for report in reports:
        try:
            if not report.rows:
                continue
            artifacts.store(report)
        finally:
            driver.write_report(session, report)  #! artifact-before-db
