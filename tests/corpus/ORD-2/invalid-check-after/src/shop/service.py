from shop import limits, store


def run(tenant, row):
    created = store.create(tenant, row)  #! limit-before-create
    if not limits.allowed(tenant):
        raise PermissionError(tenant)
    return created
