import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests


def rate(currency: str, session: "requests.Session | None" = None) -> float:
    return float(len(urllib.parse.quote(currency)))
