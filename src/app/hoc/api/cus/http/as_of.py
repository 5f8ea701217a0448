# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Parse the as_of of a reading request once: aware UTC, never in the future, now when left out.
# Callers: app.hoc.api.cus.**
# Allowed Imports: L2, app.infra
# Forbidden Imports: L5, L6, L7
"""The moment a read is about. Equal filters and an equal ``as_of`` give equal data, whatever was written since.

Query models of reading routes extend :class:`AsOfQuery`, call :meth:`AsOfQuery.moment` once, pass the moment
to the operation and echo it in the envelope's ``meta.as_of``.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from app.hoc.api.cus.http.errors import ApiError
from app.infra.time import utc_now


def _require_utc(moment: datetime) -> datetime:
    if moment.utcoffset() != timedelta(0):
        raise ValueError("must be in UTC: end it with Z or +00:00")
    return moment.astimezone(UTC)


UtcMoment = Annotated[AwareDatetime, AfterValidator(_require_utc)]


def resolve_as_of(as_of: datetime | None) -> datetime:
    """Return the moment asked for, or now.

    Raises:
        ApiError: 400 ``INVALID_AS_OF`` for a moment in the future, whose data may still change.
    """
    now = utc_now()
    if as_of is None:
        return now
    if as_of > now:
        raise ApiError(400, "INVALID_AS_OF", "as_of lies in the future; leave it out to read the present.")
    return as_of


class AsOfQuery(BaseModel):
    """Query parameters of a read; a parameter that does not exist is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")

    as_of: UtcMoment | None = Field(
        default=None, description="The moment to read at, UTC; now by default. Echoed in meta."
    )

    def moment(self) -> datetime:
        """Return the moment to read at: ask once per request. Raises like :func:`resolve_as_of`."""
        return resolve_as_of(self.as_of)
