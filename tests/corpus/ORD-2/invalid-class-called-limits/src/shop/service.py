from shop import store


class limits:
    @staticmethod
    def allowed(tenant):
        return True


def run(tenant, row):
    if not limits.allowed(tenant):
        raise PermissionError(tenant)
    return store.create(tenant, row)  #! limit-before-create
