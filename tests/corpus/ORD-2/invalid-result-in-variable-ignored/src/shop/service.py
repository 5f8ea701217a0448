from shop import limits, store


def run(tenant, row):
    ok = limits.allowed(tenant)
    print(ok)
    return store.create(tenant, row)  #! limit-before-create
