def run(facade, name: str):
    method = getattr(facade, name, None) or facade.default
    return method()  #! written-out


def either(facade, name: str, plain: bool):
    return (facade.run if plain else getattr(facade, name))()  #! written-out
