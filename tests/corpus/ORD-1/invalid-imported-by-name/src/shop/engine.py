import importlib


def run(session, report):
    importlib.import_module('shop.driver').write_report(session, report)  #! artifact-before-db
