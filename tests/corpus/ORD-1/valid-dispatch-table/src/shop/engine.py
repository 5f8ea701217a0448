from shop import artifacts, driver
from shop.model import Config, Report


def skip(session, report):
    print(report)


def run(session, report, kind):
    artifacts.store(report)
    writers = {'db': driver.write_report, 'none': skip}
    writers[kind](session, report)
