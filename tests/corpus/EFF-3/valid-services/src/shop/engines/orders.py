"""Once called datetime.now() and uuid4()."""

import asyncio
import random
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from shop.infra.ids import new_id
from shop.infra.time import utc_now


async def decide(text: str) -> tuple[object, ...]:
    await asyncio.sleep(0)
    draw = random.Random(7).random()
    return utc_now(), new_id(), datetime.fromisoformat(text), uuid5(NAMESPACE_URL, text), draw
