from shop.engines.old import decide
