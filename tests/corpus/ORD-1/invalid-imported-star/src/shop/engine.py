from shop.driver import *


def run(session, report):
    write_report(session, report)  #! artifact-before-db
