from shop import artifacts, driver
from shop.model import Report


def _stored(reports):
    artifacts.store(reports[0])
    for report in reports:
        yield report


def run(session, reports):
    stored = list(_stored(reports))
    driver.write_report(session, stored[0])


def run_in_a_loop(session, reports):
    for report in _stored(reports):
        print(report)
    driver.write_report(session, reports[0])


def run_counted(session, reports):
    for number, report in enumerate(_stored(reports)):
        print(number, report)
    driver.write_report(session, reports[0])


def run_in_a_comprehension(session, reports):
    texts = [report.text for report in _stored(reports)]
    driver.write_report(session, texts)


def run_in_another_generator(session, reports):
    yield from _stored(reports)
    driver.write_report(session, reports[0])
