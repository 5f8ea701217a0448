from operator import methodcaller


def run(facades, name: str):
    return list(map(methodcaller(name), facades))  #! written-out
