from shop.api import jobs
from shop.engines.orders import decide, get_decider


def route() -> int:
    return jobs.run(get_decider()) + decide()
