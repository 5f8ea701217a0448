from shop.driver import write_report as save
