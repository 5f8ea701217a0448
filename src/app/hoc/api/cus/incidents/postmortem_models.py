# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies and answers of the routes of postmortems and of incidents that come again.
# Callers: L2 {incident_read_details, incident_read_models, postmortems}
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of postmortems and recurrence groups."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.hoc.api.cus.incidents.lifecycle_models import Body, Out, ResolutionType, Severity, State, Text


class PostmortemIn(Body):
    """What was learned. With root cause, impact and corrective actions it is complete."""

    title: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
    summary: Text
    root_cause: Text | None = None
    impact: Text | None = None
    corrective_actions: Annotated[list[Text], Field(min_length=1, max_length=100)] | None = None
    supersede: bool = Field(default=False, description="Take the place of the one in force.")


class PostmortemOut(Out):
    """A postmortem."""

    id: str
    incident_id: str
    revision: int
    status: Literal["stub", "complete"]
    title: str
    summary: str
    root_cause: str | None
    impact: str | None
    corrective_actions: list[str] | None
    content_hash: str
    created_by: str
    created_at: datetime
    superseded_at: datetime | None
    superseded_by: str | None


class SavedPostmortemOut(Out):
    """The postmortem in force, and whether this call wrote it."""

    postmortem_artifact_id: str
    created: bool
    postmortem: PostmortemOut


class RecurrenceMemberOut(Out):
    """An incident of a group, in the state it had at the moment asked for."""

    id: str
    title: str
    category: str
    severity: Severity
    status: Literal["open", "acknowledged", "resolved"]
    lifecycle_state: State
    created_at: datetime
    resolution_type: ResolutionType | None
    resolution_summary: str | None
    postmortem_artifact_id: str | None
    recurrence_signature: str
    signature_version: str


class RecurrenceGroupOut(Out):
    """The newest incidents that share a signature, and how many do."""

    recurrence_signature: str
    signature_version: str
    incidents: list[RecurrenceMemberOut]
    count: int


class SignatureRecipeOut(Out):
    """How the signature is made."""

    signature_version: str
    algorithm: str
    inputs: list[str]
