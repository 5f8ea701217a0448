def rate(currency: str) -> float:
    found: dict[str, object] = {}
    exec("import requests", found)
    return float(found["requests"].get(currency).text)
