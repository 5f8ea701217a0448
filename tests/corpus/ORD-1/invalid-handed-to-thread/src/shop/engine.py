from shop import artifacts, driver
from shop.model import Config, Report


import threading


def run(session, report: Report):
    threading.Thread(target=driver.write_report, args=(session, report)).start()  #? artifact-before-db
