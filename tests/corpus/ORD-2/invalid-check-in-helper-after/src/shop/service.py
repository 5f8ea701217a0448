from shop import limits, store


def run(tenant, row):
    created = store.create(tenant, row)  #! limit-before-create
    limits.check_limit(tenant)
    return created
