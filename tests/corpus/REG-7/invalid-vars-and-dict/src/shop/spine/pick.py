def run(facade, name: str):
    vars(facade)[name]()  #! written-out
    return type(facade).__dict__[name](facade)  #! written-out
