from shop.drivers import old
