def run(facade, name: str):
    return facade.__getattribute__(name)()  #! written-out
