from shop.spine.registry import Context, Registry, Result


class Cursor:
    def execute(self, text: str, values: tuple) -> None:
        print(text, values)


async def run(registry: Registry, ctx: Context) -> Result:
    Cursor().execute("policies.activate", ())
    return await registry.execute("orders.query", ctx)
