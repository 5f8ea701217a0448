from shop import artifacts, driver
from shop.model import Config, Report


class Engine:
    def __init__(self, config: Config):
        self.config = config

    async def _ready(self, report: Report):
        ready = not self.config.save_artifacts or report.artifact_paths
        return ready

    async def run(self, session, report: Report):
        part = await self._ready(report)
        if not part:
            raise RuntimeError("refusing DB write")
        driver.write_report(session, report)
