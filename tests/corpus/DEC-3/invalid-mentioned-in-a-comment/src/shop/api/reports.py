# from shop.engines.orders import decide
NOTE = "shop.engines.orders.decide"
