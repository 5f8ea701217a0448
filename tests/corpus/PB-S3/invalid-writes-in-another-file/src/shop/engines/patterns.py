from datetime import datetime

from shop.drivers.patterns import PatternDriver


async def detect_failures(driver: PatternDriver, tenant_id: str, *, as_of: datetime) -> int:
    """Never updates runs; see PB-S3."""
    failed = await driver.fetch_failed(tenant_id, as_of)
    seen: dict[int, str] = {}
    seen.update({run_id: "failed" for run_id in failed})
    if len(seen) >= 3:
        await driver.record(tenant_id, f"{tenant_id}/failures", len(seen))
    return len(seen)
