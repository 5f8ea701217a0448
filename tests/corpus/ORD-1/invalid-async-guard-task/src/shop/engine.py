from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


class Engine:
    def __init__(self, config: Config):
        self.config = config

    async def run(self, session, report: Report):
        asyncio.create_task(self._require(report))
        await driver.write_report_async(session, report)  #! artifact-before-db

    async def _require(self, report: Report):
        if self.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError("refusing DB write")
