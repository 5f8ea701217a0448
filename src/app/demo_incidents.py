"""The incidents part of ``hoc demo``: one incident's life, from the anomaly that opened it to its return."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.infra.time import utc_now

# Runs an operation of the demo tenant and returns its data.
Execute = Callable[[str, dict[str, Any]], Awaitable[Any]]

_EVIDENCE = {
    "observed": "every page of the supplier catalogue was requested twelve times",
    "log": "retry 11 of unlimited after timeout (30 s)",
}
_POSTMORTEM = {
    "title": "Catalogue import retried without a limit",
    "summary": "A slow supplier made the importer retry each page until the day's budget was gone.",
    "root_cause": "The importer retries timeouts immediately and without a limit.",
    "impact": "Twelve times the usual cost of the import; nobody was served wrongly.",
    "corrective_actions": ["Limit retries to three, with back-off", "Alert at twice the usual daily cost"],
}


async def live_through(execute: Execute, opened: Mapping[str, str]) -> list[str]:
    """Acknowledge the incident of a user's anomaly, look into it, write down what was learned and resolve it; say so,
    line by line. ``opened`` names the incident of each anomaly.
    """
    found = await _incident_of_a_user(execute, opened)
    if found is None:
        return ["  no incident of a user to show"]
    anomaly_id, incident_id, title = found
    write = {"incident_id": incident_id}
    await execute(
        "incidents.write", {"method": "acknowledge_incident", "reason": "Looking into it.", **write}
    )
    await execute(
        "incidents.write", {"method": "add_evidence", "evidence_type": "log", "payload": _EVIDENCE, **write}
    )
    saved = await execute("incidents.recurrence", {"method": "write_postmortem", **_POSTMORTEM, **write})
    resolved = await execute(
        "incidents.write",
        {
            "method": "resolve_incident",
            "resolution_type": "mitigated",
            "resolution_summary": "Stopped the importer for the night.",
            "postmortem_artifact_id": saved["postmortem_artifact_id"],
            **write,
        },
    )
    return [
        f"  the life of an incident: {incident_id}",
        f"    opened by the anomaly {anomaly_id}: {title}",
        "    acknowledged, evidence added, postmortem written",
        f"    resolved as {resolved.resolution_type.value}: {resolved.resolution_summary}",
    ]


async def tell_return(execute: Execute) -> list[str]:
    """Say whether what was resolved has come back, and export what is known of it; nothing when nothing was
    resolved.
    """
    first = await find_resolved(execute)
    if first is None:
        return []
    group = await execute(
        "incidents.recurrence",
        {"method": "get_recurrence_group", "recurrence_signature": first.recurrence_signature},
    )
    active = sum(member.lifecycle_state == "ACTIVE" for member in group.incidents)
    exported = await execute("incidents.export", _read("create_evidence_bundle", incident_id=first.id))
    bundle = exported.answer
    return [
        f"  it is back: {group.count} incidents share the signature of {first.id}, {active} of them active",
        f"  the first exported as {bundle.bundle_id}, content hash {bundle.content_hash}",
    ]


async def incident_curl_lines(execute: Execute, base_url: str, header: str) -> list[str]:
    """What to try."""
    paths = [
        "incidents/active",
        "incidents/resolved",
        "incidents/metrics",
        "incidents/cost-impact",
        "incidents/patterns",
        "incidents/recurring?recurrence_threshold=2",
        "incidents/learnings?category=COST_ANOMALY",
        "incidents/prevention-records",
        "incidents/historical/trend?granularity=day&window_days=7",
    ]
    lines = [f"  curl {header} '{base_url}/{path}'" for path in paths]
    first = await find_resolved(execute)
    if first is None:
        return lines
    own = f"incidents/{first.id}"
    paths = [own, f"{own}/timeline", f"{own}/learnings", f"incidents/recurrence/{first.recurrence_signature}"]
    lines += [f"  curl {header} '{base_url}/{path}'" for path in paths]
    post = f"{header} -X POST -H 'Content-Type: application/json' -d '{{}}'"
    for kind in ("evidence", "soc2", "executive-debrief"):
        lines.append(f"  curl {post} {base_url}/{own}/export/{kind}")
    return lines


async def find_resolved(execute: Execute) -> Any:
    """The incident that was resolved first, or None."""
    page = {"limit": 1, "sort_by": "resolved_at", "sort_order": "asc"}
    found = await execute("incidents.query", _read("list_resolved_incidents", page=page))
    return next(iter(found.answer.items), None)


async def _incident_of_a_user(execute: Execute, opened: Mapping[str, str]) -> tuple[str, str, str] | None:
    for anomaly_id, incident_id in opened.items():
        detail = await execute("incidents.query", _read("get_incident_detail", incident_id=incident_id))
        if detail.answer.incident.impact_scope == "user":
            return anomaly_id, incident_id, detail.answer.incident.title
    return None


def _read(method: str, **params: Any) -> dict[str, Any]:
    return {"method": method, "as_of": utc_now(), **params}
