from shop import artifacts
from shop.driver import write_report as keep


def run(session, report):
    keep(session, report)  #! artifact-before-db
    artifacts.store(report)
