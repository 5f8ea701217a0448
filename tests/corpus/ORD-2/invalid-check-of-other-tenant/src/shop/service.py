from shop import limits, store


def run(tenant, other, row):
    if not limits.allowed(other):
        raise PermissionError(other)
    return store.create(tenant, row)  #! limit-before-create
