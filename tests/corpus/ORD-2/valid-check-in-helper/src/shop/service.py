from shop import limits, store


def run(tenant, row):
    limits.check_limit(tenant)
    return store.create(tenant, row)
