def getattr(table: dict, name: str):
    return table[name]


def run(table: dict, name: str):
    return getattr(table, name)()
