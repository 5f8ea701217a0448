from shop import artifacts, driver
from shop.model import Config, Report


TYPE_CHECKING = True


def run(session, report: Report):
    if TYPE_CHECKING:
        driver.write_report(session, report)  #! artifact-before-db
