from vendor import limits

from shop import store


def run(tenant, row):
    if not limits.allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)  #! limit-before-create
