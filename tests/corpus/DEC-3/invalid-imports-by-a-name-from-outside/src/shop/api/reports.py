import shop.engines.orders as o
