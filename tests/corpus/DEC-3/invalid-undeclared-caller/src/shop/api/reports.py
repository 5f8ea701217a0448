from shop.engines import orders
