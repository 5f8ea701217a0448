from . import driver
from .driver import write_report


def run(session, report):
    driver.write_report(session, report)  #! artifact-before-db


def again(session, report):
    write_report(session, report)  #! artifact-before-db
