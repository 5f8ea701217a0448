from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


class Engine:
    def __init__(self, config: Config):
        self.config = config

    async def run(self, session, report: Report):
        await asyncio.gather(self._require(report))
        await driver.write_report_async(session, report)

    async def _require(self, report: Report):
        if self.config.save_artifacts and not report.artifact_paths:
            raise RuntimeError("refusing DB write")
