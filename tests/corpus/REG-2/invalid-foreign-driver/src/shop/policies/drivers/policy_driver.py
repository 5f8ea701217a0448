def fetch(tenant: str) -> list[str]:
    return [tenant]
