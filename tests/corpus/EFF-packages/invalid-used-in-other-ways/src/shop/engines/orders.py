"""Each in a package of its own."""
import based
import decorating
import entered
import indexed
import later


class Model(based.Model):  #? engines-talk-to-nobody, one-clock
    pass


@decorating.cached
def total(order):  #? engines-talk-to-nobody, one-clock
    with entered.measured() as stage:  #? engines-talk-to-nobody, one-clock
        return sum(stage, order.prices)


def row(table: indexed.Table):
    return table["total"]  #? engines-talk-to-nobody, one-clock


def rank(orders):
    return sorted(orders, key=later.urgency)  #? engines-talk-to-nobody, one-clock
