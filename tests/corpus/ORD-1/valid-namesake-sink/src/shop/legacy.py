def write_report(session, report):
    print(report)
