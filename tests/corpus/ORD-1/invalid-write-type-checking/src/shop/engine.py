from shop import artifacts, driver
from shop.model import Config, Report


from typing import TYPE_CHECKING


def run(session, report: Report):
    if TYPE_CHECKING:
        artifacts.store(report)
    driver.write_report(session, report)  #! artifact-before-db
