from shop.engines import old as o
