"""One finding for each contract and package, where it is used first."""
import figures
from oracle import ask

from shop.infra.words import spelt


def total(prices):
    return figures.add(prices)


def likely(order):
    return ask(order)  #? engines-talk-to-nobody, one-clock


def again(order):
    return ask(order, spelt(order))


async def asked(order):
    return ask(order)  #? coroutines-hold-up-nobody
