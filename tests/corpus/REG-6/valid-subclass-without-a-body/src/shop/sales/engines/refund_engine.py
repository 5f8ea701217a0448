from shop.sales.engines.price_engine import PriceEngine


class RefundEngine(PriceEngine):
    """Prices, handed back."""
