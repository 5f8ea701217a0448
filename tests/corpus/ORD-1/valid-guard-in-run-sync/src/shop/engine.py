from sqlalchemy.ext.asyncio import AsyncSession

from shop import driver
from shop.model import Report


class Engine:
    def __init__(self, config):
        self.config = config

    async def run(self, session: AsyncSession, report: Report):
        await session.run_sync(self._require, report)
        await driver.write_report_async(session, report)

    def _require(self, plain, report: Report):
        if self.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError("refusing DB write")
