from shop.sales.engines.refund_engine import refund


def test_refund() -> None:
    assert refund("1") is not None
