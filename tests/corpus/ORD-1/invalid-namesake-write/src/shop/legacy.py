def store(report):
    print(report)
