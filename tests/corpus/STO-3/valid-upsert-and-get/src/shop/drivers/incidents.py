from sqlalchemy.dialects import postgresql, sqlite

from shop.models.incident import Incident


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    async def resolve(self, incident_id, kind, summary):
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        statement = dialect.insert(Incident).values({"id": incident_id, Incident.tenant_id: "t"})
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[Incident.id],
                set_={"resolution_type": kind, "resolution_summary": statement.excluded.resolution_summary},
            )
        )

    async def fetch(self, incident_id):
        return await self._session.get(Incident, incident_id)
