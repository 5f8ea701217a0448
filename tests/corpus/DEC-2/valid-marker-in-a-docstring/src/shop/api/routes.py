import shop.engines.old
