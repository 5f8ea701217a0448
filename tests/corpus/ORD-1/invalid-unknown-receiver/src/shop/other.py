from shop import artifacts, driver


def keep(report):
    artifacts.store(report)
    driver.ReportDriver().save(report)
