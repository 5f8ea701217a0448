from shop.closing import doors
from shop.store import delete


def tidy():
    doors()
    delete()
