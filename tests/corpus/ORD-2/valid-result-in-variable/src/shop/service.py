from shop import limits, store


def run(tenant, row):
    ok = limits.allowed(tenant)
    if not ok:
        raise PermissionError(tenant)
    return store.create(tenant, row)
