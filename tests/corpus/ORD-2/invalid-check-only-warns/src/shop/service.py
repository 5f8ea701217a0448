from shop import limits, store


def run(tenant, row):
    if not limits.allowed(tenant):
        print('over limit')
    return store.create(tenant, row)  #! limit-before-create
