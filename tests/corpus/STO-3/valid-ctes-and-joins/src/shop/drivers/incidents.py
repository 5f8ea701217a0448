from sqlalchemy import text


class IncidentDriver:
    def __init__(self, connection):
        self._connection = connection

    def resolve(self, incident_id, kind, summary):
        self._connection.exec_driver_sql(
            "UPDATE incidents SET (resolution_type, resolution_summary) = (?, ?) WHERE id = ?"
            if summary
            else "UPDATE incidents SET resolution_type = ?, resolution_summary = NULL WHERE id = ?",
            (kind, summary, incident_id),
        )

    def fetch(self, incident_id):
        return self._connection.execute(
            text(
                "WITH latest AS (SELECT incident_id, max(made_at) AS made FROM notes GROUP BY incident_id) "
                "SELECT i.id, i.resolution_type, resolution_summary AS summary, latest.made "
                "FROM incidents i LEFT JOIN latest ON latest.incident_id = i.id "
                "WHERE EXISTS (SELECT 1 FROM notes n WHERE n.incident_id = i.id) ORDER BY summary"
            )
        ).one()
