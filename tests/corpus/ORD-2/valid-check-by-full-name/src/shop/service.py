import shop.limits
import shop.store


def run(tenant, row):
    if not shop.limits.allowed(tenant):
        raise PermissionError(tenant)
    return shop.store.create(tenant, row)
