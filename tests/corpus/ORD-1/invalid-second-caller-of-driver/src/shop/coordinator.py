from shop.driver import write_report


def coordinate(session, report):
    write_report(session, report)  #! artifact-before-db
