from shop.storage import save


def run(session, report):
    save(session, report)  #! artifact-before-db
