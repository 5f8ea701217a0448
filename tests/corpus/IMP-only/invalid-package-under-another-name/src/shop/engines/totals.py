import requests

from shop.model.prices import price


def total(url: str) -> object:
    return requests.get(url), price(1)
