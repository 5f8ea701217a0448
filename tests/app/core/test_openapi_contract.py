"""The API document against the service: valid and invalid requests drawn from it never meet a 500, and every
answer is one that the document describes.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema import JSON, MOMENTS, ApiDocument, Operation, operations

from app.main import create_app

DOCUMENT = create_app().openapi()
API = ApiDocument(DOCUMENT)
# Query parameters that bound a span: OpenAPI cannot say that the first must not lie after the second.
SPANS = (("from", "to"), ("start", "end"), ("start_date", "end_date"))
JUNK = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
GROUPS: dict[str, list[Operation]] = {}
for _operation in operations(DOCUMENT):
    GROUPS.setdefault(_operation.path.removeprefix("/api/v1").split("/")[1], []).append(_operation)


@dataclass(frozen=True)
class Call:
    """A request to an operation; ``valid`` when every part was drawn from the document."""

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    valid: bool


@st.composite
def calls(draw: st.DrawFn, operation: Operation) -> Call:
    """A call that fits the document, or one with a single thing wrong."""
    path = {p["name"]: draw(API.values(p["schema"])) for p in operation.parameters("path")}
    query = {
        p["name"]: draw(API.values(p["schema"]))
        for p in operation.parameters("query")
        if p["required"] or draw(st.booleans())
    }
    for pair in SPANS:
        if None not in (query.get(pair[0]), query.get(pair[1])):
            moments = sorted(draw(st.tuples(MOMENTS, MOMENTS)))
            query.update(zip(pair, (m.isoformat() for m in moments), strict=True))
    body = None if operation.body is None else draw(API.values(operation.body))
    fault = draw(st.sampled_from(["none", "none", "path", "query", "unknown", "dropped", "body", "nested"]))
    if fault == "path" and path:
        path[draw(st.sampled_from(sorted(path)))] = draw(JUNK)
    elif fault == "query" and query:
        query[draw(st.sampled_from(sorted(query)))] = draw(JUNK)
    elif fault == "unknown":
        query[draw(JUNK)] = draw(JUNK)
    elif fault == "dropped" and query:
        del query[draw(st.sampled_from(sorted(query)))]
    elif fault == "body" and body is not None:
        body = draw(JSON)
    elif fault == "nested" and isinstance(body, dict) and body:
        body = body | {draw(st.sampled_from(sorted(body))): draw(JSON)}
    else:
        fault = "none"
    url = operation.path
    for name, value in path.items():
        # A lone dot or nothing would be another path.
        text = str(value).strip("./") or "x"
        url = url.replace("{" + name + "}", quote(text, safe=""))
    shown = tuple((k, _text(v)) for k, v in query.items() if v is not None)
    return Call(operation, url, shown, body, fault == "none")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("group", sorted(GROUPS))
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(data=st.data())
async def test_no_request_meets_a_500_and_every_answer_is_described(
    group: str, client: Any, make_headers: Any, headers_of: dict[str, Any], data: st.DataObject
) -> None:
    if not headers_of:
        headers_of.update(await make_headers("acme", "analytics:admin", "costsim:admin", "incidents:admin"))
    for operation in GROUPS[group]:
        await check(client, headers_of, data.draw(calls(operation)))


async def check(client: Any, headers: dict[str, str], call: Call) -> None:
    """Send a call and judge the answer by the document."""
    content = None if call.body is None else json.dumps(call.body)
    answer = await client.request(
        call.operation.method,
        call.path,
        params=list(call.query),
        content=content,
        headers=headers | ({} if content is None else {"Content-Type": "application/json"}),
    )
    assert answer.status_code < 500, (call, answer.text)
    described = call.operation.spec["responses"]
    if answer.status_code in (404, 405) and not call.valid:
        return  # a path that is another one, or none
    assert str(answer.status_code) in described, (call, answer.text)
    media = answer.headers["content-type"].partition(";")[0]
    content_types = described[str(answer.status_code)]["content"]
    assert media in content_types, (call, media)
    if media == "application/json":
        found = list(API.problems(content_types[media]["schema"], answer.json()))
        assert not found, (call, found)
    if call.valid and call.body is None:
        # Without a body nothing is left that could contradict itself.
        assert answer.status_code != 422, (call, answer.text)


@pytest.fixture
def headers_of() -> dict[str, Any]:
    """Headers of one key, made by the first example of a test."""
    return {}


def test_the_judge_can_say_no() -> None:
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 1},
            "s": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["n"],
    }
    assert list(API.problems(schema, {"n": 1, "s": None})) == []
    for wrong in ({}, {"n": 0}, {"n": True}, {"n": "1"}, {"n": 1, "s": 2}, {"n": 1, "x": 1}, []):
        assert list(API.problems(schema, wrong)), wrong


def test_every_operation_belongs_to_a_group() -> None:
    assert sum(map(len, GROUPS.values())) == len(operations(DOCUMENT)) >= 40


def test_no_answer_holds_a_number_that_rows_of_all_tenants_share() -> None:
    """Such a number tells one tenant how much the others do."""
    numbered = [
        name
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if schema.get("properties", {}).get("id", {}).get("type") == "integer"
    ]
    assert numbered == []
