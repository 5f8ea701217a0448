# Callers: api routes
# Allowed Imports: Drivers
# Forbidden Imports: Models, httpx
def decide() -> int:
    from httpx import get

    return get("/")
