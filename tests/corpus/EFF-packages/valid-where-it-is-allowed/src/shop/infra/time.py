import time

import oracle


def utc_now():
    return oracle.trusted(time.time())


async def later():
    return await oracle.wait()
