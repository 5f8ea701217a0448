from shop.models.incident import Incident, notes


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):
        row = self._session.get(Incident, incident_id)
        row.resolution_type = kind
        setattr(row, "resolution_summary", summary)

    def fetch(self, incident_id):
        row = self._session.get(Incident, incident_id)
        row.looked_at = True
        setattr(row, "label", f"{incident_id} of {Incident.__table__.columns.__len__()} columns")
        setattr(row, "names", [*notes.c.keys(), *Incident.__table__.c.items()])
        return row
