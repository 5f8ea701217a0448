from shop.drivers.orders import load
def decide(session) -> bool:
    cache = {}
    cache.get("x")
    return load(session) is not None
