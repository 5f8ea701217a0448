from datetime import datetime

from shop.drivers.patterns import PatternDriver
from shop.drivers.runs import RunDriver
from shop.engines.rounds import for_each


async def detect_failures(driver: PatternDriver, runs: RunDriver, tenant_id: str, *, as_of: datetime) -> int:
    failed = await driver.fetch_failed(tenant_id, as_of)
    await for_each(runs.stop, failed)  #! patterns-only-record-feedback
    return len(failed)
