from shop import store
from shop.limits import allowed


def run(tenant, owner, row):
    if not allowed(owner):
        raise PermissionError(tenant)
    return store.create(tenant, row)  #! limit-before-create
