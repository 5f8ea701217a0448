from shop.sales.engines.report_engine import report


def main() -> None:
    print(report())
