from shop import store
from shop.old import limits


def run(tenant, row):
    if not limits.allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)  #? limit-before-create
