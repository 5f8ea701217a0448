from shop import limits, store


def run(tenant, row):
    if limits.allowed(tenant):
        return None
    return store.create(tenant, row)  #! limit-before-create
