from shop import artifacts, driver
from shop.model import Config, Report


driver.write_report(None, Report(1))  #! artifact-before-db
