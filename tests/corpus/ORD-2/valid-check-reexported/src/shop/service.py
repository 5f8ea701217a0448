from shop import store
from shop.rules import allowed


def run(tenant, row):
    if not allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)
