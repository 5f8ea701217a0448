from shop.drivers.incidents import IncidentDriver


def repair(session, incident_id, changes):
    IncidentDriver(session)._change(incident_id, **changes)
