# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Statistics as CSV: the series of the read, row for row.
# Callers: L2 statistics
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""CSV exports. The columns are the series' fields, the values those of the JSON body, character for
character.
"""

import csv
import io
from datetime import datetime
from typing import Any

from fastapi import Response

from app.hoc.api.cus.analytics.statistics_models import CostStatisticsOut, UsageStatisticsOut

USAGE_COLUMNS = ("ts", "requests", "compute_units", "tokens")
COST_COLUMNS = ("ts", "spend_cents", "requests", "input_tokens", "output_tokens")

CSV_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The series as CSV; the header X-As-Of names the moment it was read at",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


def csv_response(
    name: str, columns: tuple[str, ...], data: UsageStatisticsOut | CostStatisticsOut, as_of: datetime
) -> Response:
    """Return the series as a file ``name_YYYYMMDD_YYYYMMDD.csv``; the first column is called timestamp."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("timestamp", *columns[1:]))
    for point in data.series:
        row = point.model_dump(mode="json")
        writer.writerow([row[column] for column in columns])
    window = data.window
    filename = f"{name}_{window.from_ts:%Y%m%d}_{window.to_ts:%Y%m%d}.csv"
    return Response(
        text.getvalue(),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "X-As-Of": as_of.isoformat().replace("+00:00", "Z"),
        },
    )
