from shop import limits, store


def run(tenant, row):
    try:
        if not limits.allowed(tenant):
            raise PermissionError(tenant)
    except PermissionError:
        pass
    return store.create(tenant, row)  #! limit-before-create
