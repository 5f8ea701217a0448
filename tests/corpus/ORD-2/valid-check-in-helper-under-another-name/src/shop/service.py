from shop import limits as limits_of_tenants
from shop import store


def check(owner):
    within = limits_of_tenants.allowed(owner)
    if not within:
        raise PermissionError(owner)


def run(tenant, row):
    check(tenant)
    return store.create(tenant, row)
