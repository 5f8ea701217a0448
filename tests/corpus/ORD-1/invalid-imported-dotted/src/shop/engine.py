import shop.driver


def run(session, report):
    shop.driver.write_report(session, report)  #! artifact-before-db
