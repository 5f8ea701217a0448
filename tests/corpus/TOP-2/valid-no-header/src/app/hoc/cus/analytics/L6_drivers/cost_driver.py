def read_costs(session):
    return session
