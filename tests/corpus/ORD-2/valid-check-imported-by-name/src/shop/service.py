from shop import store
from shop.limits import allowed


def run(tenant, row):
    if not allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)
