from shop.engines.orders import decide as d
