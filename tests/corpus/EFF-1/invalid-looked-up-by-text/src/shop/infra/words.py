LAST = "commit"
MODULE = "shop.infra.work"
