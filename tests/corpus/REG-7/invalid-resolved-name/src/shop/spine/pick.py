import pkgutil


def run(name: str, ctx):
    return pkgutil.resolve_name(name)(ctx)  #! written-out
