from shop import driver, legacy


def run(session, report):
    legacy.store(report)
    driver.write_report(session, report)  #! artifact-before-db
