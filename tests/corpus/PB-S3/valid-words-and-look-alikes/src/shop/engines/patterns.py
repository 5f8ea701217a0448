from datetime import datetime

from shop.drivers.patterns import PatternDriver

NOTE = "UPDATE runs SET status = 'noticed'; session.commit()"


class Notebook:
    def commit(self, line: str) -> str:
        return line.upper()


async def detect_failures(driver: PatternDriver, tenant_id: str, *, as_of: datetime) -> int:
    """Does not run ``session.execute(update(Run))`` nor ``DELETE FROM runs``."""
    notebook = Notebook()
    failed = await driver.fetch_failed(tenant_id, as_of)
    found: set[int] = set()
    for run_id in failed:
        found.add(run_id)  # session.add(run)
    if found and notebook.commit(NOTE):
        await driver.record(tenant_id, f"{tenant_id}/failures", len(found))
    return len(found)
