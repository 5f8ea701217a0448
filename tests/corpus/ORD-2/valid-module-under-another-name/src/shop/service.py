from shop import limits as limits_of_tenants
from shop import store


def run(tenant, row):
    if not limits_of_tenants.allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)
