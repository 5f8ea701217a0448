def clean(name: str) -> str:
    return name.strip()
