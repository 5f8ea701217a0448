class Incident:
    pass
