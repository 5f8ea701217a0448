import acme
import figures
import oracle
import pydantic


class Order(pydantic.BaseModel):
    prices: list[int]


def total(order: Order, kind: oracle.Kind):
    """What is only looked at runs nothing."""
    if isinstance(kind, oracle.Kind) or kind is oracle.DEFAULT:
        return acme.text.render(figures.add(order.prices))
    return acme.version()


async def totals(orders):
    return [figures.add(order.prices) for order in orders]
