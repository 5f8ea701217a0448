from shop.sales.engines.refund_engine import refund

__all__ = ['refund']
