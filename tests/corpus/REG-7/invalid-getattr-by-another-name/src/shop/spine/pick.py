from builtins import getattr as pick

fetch = getattr


def run(facade, name: str):
    pick(facade, name)()  #! written-out
    return fetch(facade, name)()  #! written-out
