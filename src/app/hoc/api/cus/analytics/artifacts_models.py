# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: The bodies of the analytics artifact endpoints.
# Callers: L2 artifacts
# Allowed Imports: L2
# Forbidden Imports: L5, L6, L7
"""Request and response models of analytics artifacts."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.hoc.api.cus.http.as_of import AsOfQuery

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:+-]{1,64}$")]


class InputWindowIn(BaseModel):
    """The data a dataset was computed from; hashed by the published recipe."""

    model_config = ConfigDict(extra="forbid")

    window_start: AwareDatetime | None = None
    window_end: AwareDatetime | None = None
    filters: dict[str, str | int | bool | list[str] | None] = Field(default_factory=dict)


class ArtifactIn(BaseModel):
    """How a version of a dataset was computed. Either ``input_window_hash`` or ``input_window`` is needed."""

    model_config = ConfigDict(extra="forbid")

    dataset_id: Name
    dataset_version: Name
    input_window_hash: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    input_window: InputWindowIn | None = None
    as_of: AwareDatetime = Field(description="The moment the data was read at.")
    compute_code_version: Name
    supersede: bool = Field(
        default=False, description="Replace what this version says, keeping it in the history."
    )

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if (self.input_window_hash is None) == (self.input_window is None):
            raise ValueError("give either input_window_hash or input_window")
        return self

    def to_params(self) -> dict[str, Any]:
        """The operation's parameters."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class ArtifactQuery(AsOfQuery):
    """A page of artifacts."""

    limit: int = Field(default=100, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


class DatasetArtifactQuery(ArtifactQuery):
    """A page of a dataset's artifacts, or the one of a version."""

    dataset_version: Name | None = None


class ArtifactOut(BaseModel):
    """How a version of a dataset was computed."""

    model_config = ConfigDict(from_attributes=True)

    dataset_id: str
    dataset_version: str
    input_window_hash: str
    as_of: datetime
    compute_code_version: str
    revision: int = Field(description="1, and one more for each time it was superseded.")
    created_at: datetime
    updated_at: datetime | None


class SavedArtifactOut(BaseModel):
    """A recorded artifact, and whether it is new, was known, or replaced another."""

    artifact: ArtifactOut
    outcome: Literal["created", "unchanged", "superseded"]
