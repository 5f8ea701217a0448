from shop import limits, store


def run(tenant, row):
    if limits.allowed(tenant):
        return store.create(tenant, row)
    return None
