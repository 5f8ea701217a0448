from shop.sales.engines.refund_engine import refund
from shop.spine.registry import Context, Result


class RefundsHandler:
    async def execute(self, ctx: Context) -> Result:
        return Result.ok(await refund(ctx.tenant))
