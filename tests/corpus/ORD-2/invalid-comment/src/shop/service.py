from shop import limits, store


def run(tenant, row):
    # check_limit later: if not limits.allowed(tenant): raise
    return store.create(tenant, row)  #! limit-before-create
