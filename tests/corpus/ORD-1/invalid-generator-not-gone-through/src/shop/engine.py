from shop import artifacts, driver
from shop.model import Report


def _stored(reports):
    artifacts.store(reports[0])
    for report in reports:
        yield report


def run(session, reports):
    stored = _stored(reports)
    driver.write_report(session, reports[0])  #! artifact-before-db
    return list(stored)


def run_in_a_loop(session, reports):
    for report in _stored(reports):
        break
    driver.write_report(session, reports[0])  #! artifact-before-db
