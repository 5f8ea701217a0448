import acme


def text(order):
    return acme.text.render(order)


def send(order):  # the first entry that fits decides
    acme.Client().send(order, acme.version())  #! engines-talk-to-nobody, engines-talk-to-nobody


async def sent(order):
    acme.post(order)  #! engines-talk-to-nobody, coroutines-hold-up-nobody
