def report():
    from shop.engines.orders import decide

    return decide()
