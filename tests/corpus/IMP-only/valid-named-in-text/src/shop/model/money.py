from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Money:
    amount: Decimal


def describe() -> str:
    """import requests; from shop.engines import totals"""
    return "from shop.engines import totals"  # import requests
