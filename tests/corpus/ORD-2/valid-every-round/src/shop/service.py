from shop import limits, store


def run(tenant, rows):
    for row in rows:
        if not limits.allowed(tenant):
            raise PermissionError(tenant)
        store.create(tenant, row)
