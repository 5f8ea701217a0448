from shop import limits, store


def run(tenant, row):
    limits.allowed(tenant)
    return store.create(tenant, row)  #! limit-before-create
