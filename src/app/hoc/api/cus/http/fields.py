# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Field types that routers share: exact amounts in and out.
# Callers: L2 {anomaly_models, cost_models, incident_read_models, incident_statistics_models, lifecycle_models,
#          provenance_models, signals, statistics_models}
# Allowed Imports: none
# Forbidden Imports: L5, L6, L7
"""Field types that routers share.

Amounts travel as JSON strings in plain decimal notation, because a JSON number is a binary float to most
clients. A number is accepted on the way in as the decimal it is written as.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

MAX_CENTS = 100_000_000


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


# Cents a client may send: not negative, at most a million dollars, at most six places.
CentsIn = Annotated[
    Decimal,
    Field(ge=0, le=MAX_CENTS, decimal_places=6, allow_inf_nan=False),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": MAX_CENTS},
                {"type": "string", "pattern": r"^\d{1,8}(\.\d{1,6})?$"},
            ],
            "examples": ["0.4"],
        },
        mode="validation",
    ),
]
# Any exact number in an answer.
ExactOut = Annotated[
    Decimal,
    PlainSerializer(_plain, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["0.4"]}, mode="serialization"
    ),
]
