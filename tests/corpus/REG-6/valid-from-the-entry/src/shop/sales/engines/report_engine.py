def report() -> str:
    return "all is well"
