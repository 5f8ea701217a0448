import os


def allowed(tenant):
    return os.path.exists(tenant)
