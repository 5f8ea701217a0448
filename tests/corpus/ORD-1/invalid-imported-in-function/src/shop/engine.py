def run(session, report):
    from shop.driver import write_report

    write_report(session, report)  #! artifact-before-db
