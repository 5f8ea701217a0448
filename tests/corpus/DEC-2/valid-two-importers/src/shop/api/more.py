import shop.engines.old as older
