from shop.engines.orders import decide
