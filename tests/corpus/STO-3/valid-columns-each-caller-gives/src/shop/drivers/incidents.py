from sqlalchemy import update

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    def resolve(self, incident_id, kind, summary):
        values = {"resolution_type": kind}
        self._note(incident_id, resolution_summary=summary, **values)

    def replace(self, incident_id, changes):
        self._note(incident_id, **{"tenant_id": "t1"})

    def _note(self, incident_id, **values):
        self._change(incident_id, **values)

    def _change(self, incident_id, **values):
        row = self._session.get(Incident, incident_id)
        for name, value in values.items():
            setattr(row, name, value)

    def fetch(self, incident_id):
        return self._session.get(Incident, incident_id)


class Prices:
    def __init__(self, prices):
        self._prices = prices

    def raise_price(self, name):
        self._change(name, amount=2)

    def _change(self, name, **values):
        self._prices[name] = values
