def run(facade) -> str:
    """getattr(facade, name)()"""
    # eval(name)
    return facade.evaluate("getattr(facade, name)()")
