from shop import limits, store


def run(account, row):
    if not limits.allowed(account):
        raise PermissionError(account)
    return store.create(account, row)
