import shop.driver as d


def run(session, report):
    d.write_report(session, report)  #! artifact-before-db
