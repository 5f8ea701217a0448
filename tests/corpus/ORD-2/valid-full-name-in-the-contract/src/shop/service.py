from shop import limits, store


def run(tenant, row):
    if not limits.allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)
