from shop import limits, store


def run(tenant, row):
    print('if not limits.allowed(tenant): raise PermissionError(tenant)')
    return store.create(tenant, row)  #! limit-before-create
