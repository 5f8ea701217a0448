from shop import store


def run(tenant, row):
    from shop.limits import allowed as may_create

    if not may_create(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)
