from shop.spine import orders

TABLE = {'register': orders.register}


def run(name: str, ctx):
    function = TABLE.get(name)
    if function is not None:
        function(ctx)
    return TABLE[name](ctx)
