import os


def allowed(tenant):
    return len(os.listdir(tenant)) < 5


def check_limit(tenant):
    if not allowed(tenant):
        raise PermissionError(tenant)
