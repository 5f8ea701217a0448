def run(row, name: str) -> str:
    vars(row)[name].strip()
    return row.__dict__[name].strip()
