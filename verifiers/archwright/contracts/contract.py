"""The base of all contract kinds."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from archwright.contracts.places import NOWHERE
from archwright.contracts.topology import Expect
from archwright.model import Location


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What every contract says. Kinds subclass this; their fields are the keys of their contracts."""

    id: Annotated[str, Meta(description="name the contract in kebab-case, unique in the project")]
    kind: Annotated[str, Meta(description="say which verifier decides it")]
    why: Annotated[str, Meta(description="say what the rule protects, to the person who just broke it")]
    fix: Annotated[str, Meta(description="say what to do instead, to the person who just broke it")]
    severity: Annotated[Literal["fail", "warn"], Meta(description="What a violation amounts to")] = "fail"
    expect: Annotated[
        Expect, Meta(description="How many sites the contract must find; some: at least one")
    ] = "some"
    owner: Annotated[str | None, Meta(description="Who to ask")] = None
    origin: Location = NOWHERE
