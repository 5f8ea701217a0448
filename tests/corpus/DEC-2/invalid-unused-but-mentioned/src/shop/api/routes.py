# shop.engines.old is used here
from shop.engines import old_engine

NOTE = "shop.engines.old"
