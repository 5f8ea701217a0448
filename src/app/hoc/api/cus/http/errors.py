# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Turn failures into HTTP, in one place: result codes into statuses, every error into the envelope.
# Callers: app.hoc.api.cus.**, app.hoc.api.facades.cus.{analytics,incidents}, app.main
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""The one place that turns failures into HTTP: result codes into statuses, every error into the envelope."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from app.hoc.api.cus.http.envelope import ErrorDetail, ErrorEnvelope, wrap_error
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OPERATION_FAILED, OperationResult

_STATUS_BY_CODE = {
    "UNKNOWN_METHOD": 400,
    "MISSING_SESSION": 500,  # the route's mistake, not the caller's
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "UNPROCESSABLE": 422,
    "UNAVAILABLE": 503,
}

# For ``responses=`` of a router, so that OpenAPI shows the envelope errors really come in.
ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorEnvelope, "description": description}
    for status, description in {
        400: "The request cannot be served as asked",
        401: "No valid API key",
        403: "The API key lacks the scope",
        404: "Not found",
        409: "The state does not allow it",
        422: "Malformed request",
        500: "Internal error",
        503: "Nothing can be read at the moment",
    }.items()
}


class ApiError(Exception):
    """A failure to be shown to the client as it is: put nothing internal in it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[ErrorDetail] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = tuple(details)
        self.headers = dict(headers or {})


def http_status(error_code: str) -> int:
    """Return the HTTP status of a result code.

    ``MISSING_*`` and ``INVALID_*`` are the caller's mistakes (400), ``*_NOT_FOUND`` is 404, a few codes are
    listed, and every other code, among them a raising handler and an unregistered operation, is the server's
    fault (500).
    """
    if error_code in _STATUS_BY_CODE:
        return _STATUS_BY_CODE[error_code]
    if error_code.startswith(("MISSING_", "INVALID_")):
        return 400
    return 404 if error_code.endswith("_NOT_FOUND") else 500


def unwrap(result: OperationResult) -> Any:
    """Return the data of a success.

    Raises:
        ApiError: for a failure, with the status that belongs to its code.
    """
    if result.success:
        return result.data
    code = result.error_code or OPERATION_FAILED
    raise ApiError(http_status(code), code, result.error or "The operation failed.")


def error_response(
    status: int,
    code: str,
    message: str,
    details: Sequence[ErrorDetail] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a failure in the envelope."""
    body = wrap_error(code, message, details).model_dump(mode="json")
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


def install_error_handlers(app: FastAPI) -> None:
    """Make the application answer its own, the framework's and validation errors in the envelope."""

    @app.exception_handler(ApiError)
    async def on_api_error(_request: Request, error: ApiError) -> JSONResponse:
        return error_response(error.status, error.code, error.message, error.details, error.headers)

    @app.exception_handler(RequestValidationError)
    async def on_validation_error(_request: Request, error: RequestValidationError) -> JSONResponse:
        # Only where and what: the rejected input itself is not echoed.
        details = [
            ErrorDetail(field=".".join(str(part) for part in problem["loc"]), message=problem["msg"])
            for problem in error.errors()
        ]
        if any(detail.field == "query.as_of" for detail in details):
            message = "as_of must be a moment in UTC (ISO 8601, ending in Z); see details."
            return error_response(400, "INVALID_AS_OF", message, details)
        return error_response(422, "VALIDATION_ERROR", "The request is malformed; see details.", details)

    @app.exception_handler(StarletteHTTPException)
    async def on_http_exception(_request: Request, error: StarletteHTTPException) -> JSONResponse:
        status = HTTPStatus(error.status_code)
        return error_response(status.value, status.name, f"{status.phrase}.", headers=error.headers)
