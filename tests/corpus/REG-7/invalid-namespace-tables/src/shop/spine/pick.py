def run(name: str, ctx):
    return globals()[name](ctx)  #! written-out


def evaluate(text: str):
    return eval(text)  #! written-out
