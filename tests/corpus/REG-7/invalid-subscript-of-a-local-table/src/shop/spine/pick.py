def run(facade, name: str):
    table = globals()
    return table[name](facade)  #! written-out
