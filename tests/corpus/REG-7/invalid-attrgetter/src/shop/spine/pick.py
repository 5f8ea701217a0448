import operator
from operator import methodcaller


def run(facade, name: str):
    first = operator.attrgetter(name)(facade)  #! written-out
    return first, methodcaller(name)(facade)  #! written-out
