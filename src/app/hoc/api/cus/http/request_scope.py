# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Give each request an id and a line in the log, and answer whatever nobody caught without showing it.
# Callers: app.main
# Allowed Imports: L2, app.infra
# Forbidden Imports: L5, L6, L7
"""Give each request an id and a line in the log, and answer whatever nobody caught without showing it."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.hoc.api.cus.http.errors import error_response
from app.infra.request_id import enter_request, leave_request, new_request_id
from app.infra.time import monotonic_ms

logger = logging.getLogger(__name__)


class RequestScopeMiddleware:
    """Outermost middleware. The id is the server's own: one sent by a client could forge log lines."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = new_request_id()
        began = monotonic_ms()
        status = 0
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        token = enter_request(request_id)
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            if started:
                raise
            logger.exception("Unhandled error; request=%s %s %s", request_id, scope["method"], scope["path"])
            response = error_response(
                500, "INTERNAL_ERROR", "The request failed because of an internal error."
            )
            await response(scope, receive, send_with_id)
        finally:
            # The path without its query, which may hold anything.
            logger.info(
                "request=%s %s %s status=%d",
                request_id,
                scope["method"],
                scope["path"],
                status,
                extra={
                    "event": "request.served",
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "duration_ms": round(monotonic_ms() - began, 2),
                },
            )
            leave_request(token)
