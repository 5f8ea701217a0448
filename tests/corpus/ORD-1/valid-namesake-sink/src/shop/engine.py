from shop import artifacts, driver, legacy


def run(session, report):
    legacy.write_report(session, report)
    artifacts.store(report)
    driver.write_report(session, report)
