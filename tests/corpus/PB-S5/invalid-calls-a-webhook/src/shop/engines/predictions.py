from datetime import datetime, timedelta

import httpx as web

from shop.drivers.predictions import PredictionDriver
from shop.schemas.prediction import NewPrediction


async def predict(driver: PredictionDriver, tenant_id: str, *, as_of: datetime) -> NewPrediction | None:
    failed = await driver.count_failed(tenant_id, as_of)
    if failed < 3:
        return None
    prediction = NewPrediction(f"{tenant_id}/{as_of.date()}", tenant_id, 0.9, as_of + timedelta(days=1))
    await driver.insert(prediction)
    async with web.AsyncClient() as client:
        send = client.post
        await send("https://ops.example/alerts", json={"tenant": tenant_id})  #! predictions-only-advise
    return prediction
