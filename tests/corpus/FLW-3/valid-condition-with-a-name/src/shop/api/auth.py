from dataclasses import dataclass

from fastapi import Request


@dataclass(frozen=True)
class Principal:
    tenant_id: str
    actor_id: str


async def current_principal(request: Request) -> Principal:
    return await request.app.state.keys.principal_of(request.headers["authorization"])


def require_scope(scope):
    async def dependency(request: Request) -> Principal:
        return await current_principal(request)

    return dependency


async def authenticated_tenant(request: Request) -> str:
    return (await current_principal(request)).tenant_id
