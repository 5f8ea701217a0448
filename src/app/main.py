"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.hoc.api.cus.http.errors import install_error_handlers
from app.hoc.api.cus.http.request_scope import RequestScopeMiddleware
from app.hoc.api.facades.cus import analytics, incidents, system
from app.hoc.cus.hoc_spine.orchestrator.bootstrap import build_registry
from app.hoc.cus.hoc_spine.orchestrator.event_consumer import LogConsumer
from app.hoc.cus.hoc_spine.orchestrator.event_relay import EventRelay
from app.infra.metrics import ServiceMetrics
from app.lifecycle import running
from app.migrations.runner import head_revision

API_PREFIX = "/api/v1"


def create_app() -> FastAPI:
    """Return the application. Nothing is read or opened before its lifespan starts.

    The lifespan makes the schema current, builds the operation registry into ``app.state.registry``, relays
    events to the log meanwhile and closes the engine at the end.
    """
    app = FastAPI(
        title="HOC analytics and incidents",
        version="0.1.0",
        summary="Cost analytics, canaries and incidents. Every answer comes in an envelope; the tenant is the API key's.",
        lifespan=_lifespan,
    )
    app.add_middleware(RequestScopeMiddleware)
    install_error_handlers(app)
    app.include_router(system.router)
    app.include_router(analytics.router, prefix=API_PREFIX)
    app.include_router(incidents.router, prefix=API_PREFIX)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with running():
        metrics = ServiceMetrics()
        relay = EventRelay([LogConsumer()], metrics)
        registry = build_registry(metrics=metrics, relay=relay, schema_head=head_revision())
        app.state.registry = registry
        try:
            async with relay.running():
                yield
        finally:
            await registry.close()
