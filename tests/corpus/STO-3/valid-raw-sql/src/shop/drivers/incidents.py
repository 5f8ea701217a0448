from sqlalchemy import text

TABLE = "incidents"
_COLUMNS = ("id", "resolution_type", "resolution_summary")
_FETCH = text(f"SELECT {', '.join(_COLUMNS)} FROM {TABLE} AS i WHERE i.id = :id AND tenant_id = :tenant")


class IncidentDriver:
    def __init__(self, session):
        self._session = session

    async def resolve(self, incident_id, kind, summary):
        await self._session.execute(
            text(
                """
                UPDATE incidents
                SET resolution_type = :kind, resolution_summary = COALESCE(:summary, resolution_summary)
                WHERE id = :id
                """
            ),
            {"id": incident_id, "kind": kind, "summary": summary},
        )

    async def fetch(self, incident_id, tenant):
        return (await self._session.execute(_FETCH, {"id": incident_id, "tenant": tenant})).one()
