from shop import artifacts, driver
from shop.model import Config, Report


def skip(session, report):
    print(report)


def run(session, report, kind):
    {'db': driver.write_report, 'none': skip}[kind](session, report)  #! artifact-before-db
    artifacts.store(report)
