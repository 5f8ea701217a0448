def create(tenant, row):
    return row
