"""This repository's contracts hold, and each of them notices when the code is changed against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from archwright.contracts.loader import ContractSet, load_contracts
from archwright.facts.store import FactStore
from archwright.model import CheckResult
from archwright.project.analysis import Analysis
from archwright.project.project import build_project
from archwright.source.files import discover
from archwright.source.overlay import Workspace
from archwright.verifiers.catalogue import KINDS, check

ROOT = Path(__file__).parents[2]
ANALYTICS = "src/app/hoc/cus/analytics"
ENGINE = f"{ANALYTICS}/L5_engines/canary_engine.py"
SPINE = "src/app/hoc/cus/hoc_spine/orchestrator"
MIGRATIONS = "src/app/migrations/versions"
ROUTER = "src/app/hoc/api/cus/analytics/costsim.py"

Change = Callable[[Mapping[str, str]], dict[str, str]]


def edit(path: str, old: str, new: str) -> Change:
    """The change of one place in one file."""

    def apply(texts: Mapping[str, str]) -> dict[str, str]:
        assert texts[path].count(old) == 1, f"{path} should contain {old!r} once"
        return {path: texts[path].replace(old, new)}

    return apply


def append(path: str, code: str) -> Change:
    """Code added at the end of a file."""
    return lambda texts: {path: f"{texts[path]}\n\n{code}\n"}


def create(path: str, code: str) -> Change:
    """A new file."""
    return lambda texts: {path: code}


WRITE = "await write_canary_report(self._session, report)"
IMPORT_DRIVER = "from app.hoc.cus.analytics.L6_drivers.canary_report_driver import write_canary_report"
BROKEN: dict[str, tuple[str, str, Change]] = {
    "a second caller of the driver without a guard": (
        "artifact-before-db",
        "not-dominated",
        append(
            f"{SPINE}/coordinators/canary_coordinator.py",
            f"{IMPORT_DRIVER}\n\n\nasync def reindex(session, report):\n    await write_canary_report(session, report)",
        ),
    ),
    "the database first, the artifacts second": (
        "artifact-before-db",
        "not-dominated",
        append(
            ENGINE,
            "class HastyEngine(CanaryEngine):\n"
            "    async def hurry(self, report, outcomes):\n"
            "        await write_canary_report(self._session, report)\n"
            "        await self._write_artifacts(report, outcomes)",
        ),
    ),
    "a guard that the same function swallows": (
        "artifact-before-db",
        "not-dominated",
        append(
            ENGINE,
            "class CalmEngine(CanaryEngine):\n"
            "    async def calm(self, report):\n"
            "        try:\n"
            "            if self.config.save_artifacts and not report.artifact_paths:\n"
            "                raise RuntimeError\n"
            "        except RuntimeError:\n"
            "            pass\n"
            f"        {WRITE}",
        ),
    ),
    "a guard whose exception a caller swallows": (
        "artifact-before-db",
        "guard-swallowed",
        edit(
            ENGINE,
            "            await self._persist_report_to_db(report)\n",
            "            try:\n"
            "                await self._persist_report_to_db(report)\n"
            "            except RuntimeError:\n"
            "                logger.warning('not indexed')\n",
        ),
    ),
    "artifacts written in a task nobody waits for": (
        "artifact-before-db",
        "not-dominated",
        append(
            ENGINE,
            "class LooseEngine(CanaryEngine):\n"
            "    async def loose(self, report, outcomes):\n"
            "        asyncio.create_task(self._write_artifacts(report, outcomes))\n"
            f"        {WRITE}",
        ),
    ),
    "a driver imported inside a route": (
        "layer-wiring",
        "forbidden-import",
        append(ROUTER, f"async def shortcut():\n    {IMPORT_DRIVER}\n\n    return write_canary_report"),
    ),
    "a driver package imported from its domain": (
        "layer-wiring",
        "forbidden-import",
        append(ROUTER, "from app.hoc.cus.analytics import L6_drivers"),
    ),
    "a session type smuggled through the spine": (
        "api-knows-no-database",
        "forbidden-import",
        lambda texts: (
            append(f"{SPINE}/session_provider.py", "DbSession = AsyncSession")(texts)
            | append(ROUTER, "from app.hoc.cus.hoc_spine.orchestrator.session_provider import DbSession")(
                texts
            )
        ),
    ),
    "sqlalchemy in an engine, in the else of TYPE_CHECKING": (
        "engines-know-no-database",
        "forbidden-import",
        append(ENGINE, "if TYPE_CHECKING:\n    pass\nelse:\n    from sqlalchemy import text"),
    ),
    "fastapi in the spine": (
        "engines-know-no-http",
        "forbidden-import",
        append(f"{SPINE}/bootstrap.py", "from fastapi import HTTPException"),
    ),
    "another domain's driver, by a constant name": (
        "domains-stay-apart",
        "forbidden-import",
        lambda texts: (
            create("src/app/hoc/cus/billing/L6_drivers/invoice_driver.py", "import sqlalchemy\n")(texts)
            | append(
                ENGINE,
                "import importlib\n\n"
                "BILLING = 'app.hoc.cus.billing.L6_drivers'\n"
                "driver = importlib.import_module(BILLING + '.invoice_driver')",
            )(texts)
        ),
    ),
    "the canary table read by another driver": (
        "canary-table-has-one-gateway",
        "forbidden-import",
        create(
            f"{ANALYTICS}/L6_drivers/shortcut_driver.py",
            "from app.models.costsim import CostSimCanaryReport\n",
        ),
    ),
    "a session made in a model": (
        "sessions-are-made-in-the-spine",
        "forbidden-import",
        append("src/app/models/costsim.py", "def save():\n    from app import db\n    return db"),
    ),
    "a name that does not exist": (
        "imports-resolve",
        "broken-import",
        append("src/app/main.py", "from app.hoc.cus.analytics.L6_drivers.canary_report_driver import gone"),
    ),
    "two modules that load each other": (
        "no-import-cycles",
        "import-cycle",
        (
            lambda texts: (
                create("src/app/infra/tick.py", "from app.infra import tock\n")(texts)
                | create("src/app/infra/tock.py", "from app.infra import tick\n")(texts)
            )
        ),
    ),
    "a file in no layer": (
        "every-module-has-a-layer",
        "unclassified-module",
        create("src/app/hoc/cus/analytics/helpers.py", "X = 1\n"),
    ),
    "a file in the abolished layer": (
        "every-module-has-a-layer",
        "abolished-layer",
        create("src/app/hoc/cus/analytics/L3_adapters/bridge.py", "X = 1\n"),
    ),
    "a driver that calls itself a coordinator": (
        "headers-agree-with-paths",
        "header-disagrees",
        edit(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "# Layer: L6 — Drivers",
            "# Layer: L4 — Coordinator",
        ),
    ),
    "an engine without a header": (
        "headers-agree-with-paths",
        "missing-claim",
        create(f"{ANALYTICS}/L5_engines/silent_engine.py", "X = 1\n"),
    ),
    "a service among the engines": (
        "no-service-files",
        "banned-name",
        create(f"{ANALYTICS}/L5_engines/refund_service_v2.py", "X = 1\n"),
    ),
    "a router with a route in a string only": (
        "routers-route",
        "claim-without-conduct",
        create(
            "src/app/hoc/api/cus/analytics/fake.py", 'ROUTE = "@router.get"\n\n\ndef f():\n    return ROUTE\n'
        ),
    ),
    "a driver that decides instead of querying": (
        "drivers-query",
        "claim-without-conduct",
        create(f"{ANALYTICS}/L6_drivers/decision_driver.py", "def decide(x):\n    return x > 1\n"),
    ),
    "a downgrade that undoes nothing": (
        "migrations-are-one-reversible-chain",
        "downgrade-differs",
        edit(f"{MIGRATIONS}/128_detection_runs.py", 'op.drop_table("cost_detection_runs")', "pass"),
    ),
    "a driver that commits through a helper of the database layer": (
        "transactions-belong-to-the-spine",
        "forbidden-effect",
        lambda texts: (
            append(
                "src/app/db_async.py",
                "async def keep(session: AsyncSession) -> None:\n    finish = session.commit\n    await finish()",
            )(texts)
            | append(
                f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
                "async def write_and_keep(session: AsyncSession) -> None:\n"
                "    from app.db_async import keep\n\n"
                "    await keep(session)",
            )(texts)
        ),
    ),
    "a commit as text": (
        "transactions-belong-to-the-spine",
        "forbidden-effect",
        append(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "async def end(session: AsyncSession) -> None:\n"
            "    from sqlalchemy import text\n\n"
            "    await session.execute(text('COM' + 'MIT'))",
        ),
    ),
    "a savepoint in an engine": (
        "savepoints-stay-beside-their-insert",
        "effect-out-of-place",
        append(ENGINE, "async def part(session: AsyncSession) -> None:\n    await session.begin_nested()"),
    ),
    "an engine that asks the database itself": (
        "engines-run-no-statement",
        "forbidden-effect",
        append(
            ENGINE,
            "class CuriousEngine(CanaryEngine):\n"
            "    async def look(self, statement):\n"
            "        sess = self._session\n"
            "        return await sess.scalars(statement)",
        ),
    ),
    "a route that reads a file": (
        "api-only-translates",
        "forbidden-effect",
        append(
            ROUTER,
            "def banner():\n    from pathlib import Path\n\n    return (Path('etc') / 'motd').read_text()",
        ),
    ),
    "a clock under another name": (
        "one-clock",
        "effect-out-of-place",
        append(ENGINE, "def moment():\n    from datetime import datetime as dt\n\n    return dt.now()"),
    ),
    "an engine that reads the environment": (
        "environment-enters-at-the-top",
        "effect-out-of-place",
        append(ENGINE, "def secret():\n    from os import environ as e\n\n    return e['SECRET']"),
    ),
    "a driver that asks the network": (
        "drivers-touch-only-the-database",
        "forbidden-effect",
        append(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "import urllib.request\n\nfetch = urllib.request.urlopen\n\n\ndef price():\n    return fetch('http://example.org')",
        ),
    ),
    "a schema with an id of its own": (
        "schemas-are-values",
        "forbidden-effect",
        create(
            f"{ANALYTICS}/L5_schemas/lottery.py",
            "from dataclasses import dataclass, field\nfrom uuid import uuid4\n\n\n"
            "@dataclass\nclass Ticket:\n    id: object = field(default_factory=uuid4)\n",
        ),
    ),
    "a row lock in the spine": (
        "row-locks-in-drivers",
        "effect-out-of-place",
        append(
            f"{SPINE}/bootstrap.py",
            'CLAIM = """\n    SELECT id FROM runs\n    FOR UPDATE SKIP LOCKED\n"""\n\n\n'
            "def claim(connection):\n    from sqlalchemy import text\n\n    connection.execute(text(CLAIM))",
        ),
    ),
    "a coroutine that waits for a process through a helper": (
        "coroutines-hold-up-nobody",
        "blocking-call",
        append(
            f"{SPINE}/bootstrap.py",
            "import subprocess\n\n\ndef tell():\n    subprocess.run(['true'])\n\n\nasync def start():\n    tell()",
        ),
    ),
    "a pattern detector that marks the runs it saw": (
        "pb-s3-patterns-only-record-feedback",
        "forbidden-effect",
        append(
            f"{ANALYTICS}/L6_drivers/pattern_detection_driver.py",
            "async def mark(session: AsyncSession, run: WorkerRun) -> None:\n    await session.run_sync(insert_once, run)",
        ),
    ),
    "a prediction that changes a budget": (
        "pb-s5-predictions-only-advise",
        "forbidden-effect",
        append(
            f"{ANALYTICS}/L6_drivers/prediction_driver.py",
            "async def cap(session: AsyncSession) -> None:\n"
            "    from sqlalchemy import text\n\n"
            "    await session.execute(text('UPDATE cost_budgets SET hard_limit = 0'))",
        ),
    ),
    "a column no migration creates": (
        "models-are-the-migrated-schema",
        "column-not-migrated",
        edit(
            "src/app/models/costsim.py",
            "    artifact_count: Mapped[int]",
            "    artifact_size: Mapped[int]\n    artifact_count: Mapped[int]",
        ),
    ),
    "a statement about a table of another name": (
        "sql-names-what-exists",
        "unknown-table",
        append(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "from sqlalchemy import text\n\n\n"
            "async def sweep(session: AsyncSession) -> None:\n"
            "    await session.execute(text('DELETE FROM canary_reports'))",
        ),
    ),
    "analytics closing an incident by itself, in raw SQL": (
        "tables-have-one-owner",
        "foreign-write",
        append(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "from sqlalchemy import text\n\n\n"
            "async def close(session: AsyncSession) -> None:\n"
            "    await session.execute(text(\"UPDATE incidents SET status = 'resolved'\"))",
        ),
    ),
    "a canary column the driver forgets to write": (
        "canary-reports-table",
        "does-not-write",
        edit(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "        artifact_manifest=dict(report.artifact_manifest),\n",
            "",
        ),
    ),
    "an artifact without the window it was computed from": (
        "analytics-artifacts-table",
        "nullability-differs",
        edit(
            f"{MIGRATIONS}/131_monitoring_analytics_reproducibility_fields.py",
            '    protect("analytics_artifact_revisions")\n\n',
            '    protect("analytics_artifact_revisions")\n'
            '    op.alter_column("analytics_artifacts", "input_window_hash", nullable=True)\n\n',
        ),
    ),
    "artifact history without its triggers": (
        "artifact-history-is-append-only",
        "missing-trigger",
        edit(
            f"{MIGRATIONS}/131_monitoring_analytics_reproducibility_fields.py",
            '    protect("analytics_artifact_revisions")\n\n',
            "\n",
        ),
    ),
    "an audit table made append-only only in a condition": (
        "coordination-audit-is-append-only",
        "missing-trigger",
        edit(
            f"{MIGRATIONS}/130_coordination_audit_records.py",
            "    protect(TABLE)\n\n",
            '    if op.get_bind().dialect.name == "postgresql":\n        protect(TABLE)\n\n',
        ),
    ),
    "provenance whose triggers are dropped by a later revision": (
        "provenance-is-append-only",
        "missing-trigger",
        edit(
            f"{MIGRATIONS}/131_monitoring_analytics_reproducibility_fields.py",
            '    protect("analytics_artifact_revisions")\n\n',
            '    protect("analytics_artifact_revisions")\n    unprotect("costsim_provenance")\n\n',
        ),
    ),
    "an outbox that can be changed": (
        "event-outbox-is-append-only",
        "missing-trigger",
        edit(f"{MIGRATIONS}/130_event_outbox.py", '    protect("event_outbox")\n', ""),
    ),
    "predictions that need not be advisory": (
        "predictions-are-advisory-in-the-database",
        "missing-check",
        edit(f"{MIGRATIONS}/127_prediction_events.py", '"ck_prediction_events_advisory_only"', '"ck_other"'),
    ),
    "a grave anomaly without an incident": (
        "high-anomalies-have-an-incident",
        "missing-check",
        edit(
            f"{MIGRATIONS}/131_monitoring_analytics_reproducibility_fields.py",
            '    protect("analytics_artifact_revisions")\n\n',
            '    protect("analytics_artifact_revisions")\n'
            '    op.drop_constraint("ck_cost_anomalies_high_has_incident", "cost_anomalies")\n\n',
        ),
    ),
    "a verifier that renders": (
        "suite-layers",
        "upward-import",
        append("verifiers/archwright/verifiers/tally.py", "from archwright.report import terminal"),
    ),
    "a broken import in the suite": (
        "suite-imports-resolve",
        "broken-import",
        append("verifiers/archwright/verifiers/tally.py", "from archwright.model import Verdicts"),
    ),
    "a cycle in the suite": (
        "suite-has-no-cycles",
        "import-cycle",
        append("verifiers/archwright/project/formulas.py", "from archwright.project import terms"),
    ),
    "libcst outside facts, in a function": (
        "libcst-stays-in-facts",
        "forbidden-import",
        append(
            "verifiers/archwright/project/code.py", "def parse():\n    import libcst as cst\n\n    return cst"
        ),
    ),
    "the suite importing the system": (
        "suite-never-runs-the-code-under-test",
        "forbidden-import",
        append("verifiers/archwright/project/code.py", "__import__('app.main')"),
    ),
    "a dependency in the model": (
        "model-stands-alone",
        "forbidden-import",
        append("verifiers/archwright/model.py", "import click"),
    ),
    "an engine handed a session, as anything": (
        "engines-take-no-session",
        "forbidden-argument",
        lambda texts: {
            **append(f"{ANALYTICS}/L5_engines/anomaly_rules.py", "def weigh(store):\n    return store")(
                texts
            ),
            **append(
                f"{SPINE}/coordinators/anomaly_incident_coordinator.py",
                "from sqlalchemy.orm import Session as Store\n"
                "from app.hoc.cus.analytics.L5_engines.anomaly_rules import weigh\n\n\n"
                "def weighed(store: Store) -> object:\n    return weigh(store)",
            )(texts),
        },
    ),
    "a driver that returns the row it read, in a list": (
        "drivers-return-no-rows",
        "forbidden-result",
        append(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "async def newest(session: AsyncSession) -> list[object]:\n"
            "    statement = select(CostSimCanaryReport).limit(1)\n"
            "    rows = (await session.execute(statement)).scalars().all()\n"
            "    return [row for row in rows]",
        ),
    ),
    "a query across tenants": (
        "queries-name-their-tenant",
        "missing-parameter",
        append(
            f"{ANALYTICS}/L6_drivers/prediction_read_driver.py",
            "class TotalDriver:\n    async def fetch_all(self, as_of: datetime) -> int:\n        return 0",
        ),
    ),
    "a prediction made binding afterwards": (
        "predictions-are-advisory-in-code",
        "constant-overridden",
        append(
            f"{ANALYTICS}/L5_engines/prediction_engine.py",
            "def bind(prediction: PredictionCreate) -> PredictionCreate:\n"
            "    import dataclasses\n\n"
            "    return dataclasses.replace(prediction, is_advisory=False)",
        ),
    ),
    "a row that can be changed": (
        "schemas-are-frozen-values",
        "not-frozen",
        append(f"{ANALYTICS}/L5_schemas/cost_rows.py", "@dataclass\nclass Loose:\n    cents: int"),
    ),
    "a canary driver that also spends": (
        "drivers-have-one-concern",
        "mixed-concerns",
        append(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "from sqlalchemy import text\n\n\n"
            "async def charge(session: AsyncSession) -> None:\n"
            "    await session.execute(text('UPDATE cost_budgets SET hard_limit = false'))",
        ),
    ),
    "a module of five hundred lines": (
        "modules-can-be-held-in-mind",
        "too-many-module-lines",
        append(f"{ANALYTICS}/L5_engines/anomaly_rules.py", "X = 1\n" * 500),
    ),
    "a port nobody wants to implement": (
        "ports-are-narrow",
        "too-many-methods",
        append(
            f"{ANALYTICS}/L5_engines/divergence.py",
            "class Everything(Protocol):\n"
            + "".join(f"    def method_{n}(self) -> int: ...\n" for n in range(13)),
        ),
    ),
    "a route on a worker thread": (
        "routes-are-coroutines",
        "wrong-colour",
        append(ROUTER, "@router.get('/slow')\ndef slow() -> int:\n    return 1"),
    ),
    "a header without a role": (
        "headers-say-what-for",
        "missing-key",
        lambda texts: {ENGINE: texts[ENGINE].replace("# Role:", "# Rule:")},
    ),
    "a caller its header does not know": (
        "headers-name-their-callers",
        "undeclared-caller",
        append(
            f"{ANALYTICS}/L5_engines/anomaly_rules.py",
            "from app.hoc.cus.analytics.L5_engines import canary_golden",
        ),
    ),
    "an import its header forbids, inside a function": (
        "headers-name-their-imports",
        "forbidden-by-header",
        append(
            f"{ANALYTICS}/L5_engines/anomaly_rules.py",
            "def late():\n    import sqlalchemy\n\n    return sqlalchemy",
        ),
    ),
    "a fact that can be changed": (
        "suite-values-are-frozen",
        "not-frozen",
        append("verifiers/archwright/model.py", "class Loose(msgspec.Struct):\n    text: str"),
    ),
    "a function nobody explained": (
        "suite-explains-itself",
        "missing-docstring",
        append("verifiers/archwright/model.py", "def later() -> None:\n    return None"),
    ),
    "a budget that is found whenever it was made": (
        "figures-as-of",
        "not-bounded",
        edit(
            f"{ANALYTICS}/L6_drivers/cost_read_driver.py",
            "                CostBudget.created_at <= as_of,\n",
            "",
        ),
    ),
    "a file of what is known now": (
        "files-as-of",
        "bounded-by-clock",
        edit(
            f"{ANALYTICS}/L6_drivers/analytics_read_driver.py",
            "table.created_at <= as_of",
            "table.created_at <= func.now()",
        ),
    ),
    "predictions that are read as of another moment": (
        "observations-as-of",
        "bounded-sometimes",
        edit(
            f"{ANALYTICS}/L6_drivers/prediction_rows.py",
            "PredictionEvent.created_at <= as_of]",
            "PredictionEvent.created_at <= (filters.as_of or as_of)]",
        ),
    ),
    "a registry that keeps the moment to itself": (
        "records-as-of",
        "does-not-bind",
        edit(
            f"{SPINE}/handlers/method_dispatch.py",
            'if key != "method"}',
            'if key not in ("method", "as_of")}',
        ),
    ),
    "incidents as they are": (
        "incidents-as-of",
        "not-bounded",
        edit(
            "src/app/hoc/cus/incidents/L6_drivers/incident_read_as_of.py",
            "Incident.id, earlier.created_at <= as_of)",
            "Incident.id)",
        ),
    ),
    "a bundle that asks for its moment twice": (
        "exports-as-of",
        "normalised-again",
        append(
            "src/app/hoc/api/cus/incidents/incident_exports.py",
            "async def export_twice(query: Moment, registry: Registry) -> dict[str, Any]:\n"
            "    first = query.moment()\n"
            "    return {'data': first, 'meta': {'as_of': query.moment()}}",
        ),
    ),
    "a clock below a route": (
        "reads-stand-still",
        "moving-read",
        edit(
            f"{ANALYTICS}/L6_drivers/feedback_rows.py",
            "and row.acknowledged_at <= as_of\n",
            "and row.acknowledged_at <= datetime.now()\n",
        ),
    ),
    "a prediction that is valid until now": (
        "expiry-by-the-moment-asked-about",
        "expiry-by-clock",
        edit(
            f"{ANALYTICS}/L6_drivers/prediction_rows.py",
            "row.expires_at > as_of",
            "row.expires_at > datetime.now()",
        ),
    ),
    "feedback whose order leaves ties": (
        "rows-in-one-order",
        "order-with-ties",
        edit(
            f"{ANALYTICS}/L6_drivers/feedback_read_driver.py",
            ".order_by(PatternFeedback.detected_at.desc(), PatternFeedback.id)",
            ".order_by(PatternFeedback.detected_at.desc())",
        ),
    ),
    "an artifact without the hash of its input": (
        "artifacts-can-be-reproduced",
        "not-stored",
        edit(
            f"{ANALYTICS}/L6_drivers/analytics_artifacts_driver.py",
            "input_window_hash=new.input_window_hash,",
            'input_window_hash="",',
        ),
    ),
    "a verdict without its artifacts": (
        "canary-verdicts-can-be-traced",
        "not-stored",
        edit(
            f"{ANALYTICS}/L6_drivers/canary_report_driver.py",
            "        artifact_paths=list(report.artifact_paths),\n        artifact_manifest",
            "        artifact_manifest",
        ),
    ),
    "a prediction that does not say when it ran out": (
        "predictions-say-when-they-held",
        "not-read-back",
        edit(
            f"{ANALYTICS}/L6_drivers/prediction_rows.py",
            "        expires_at=row.expires_at,\n",
            "        expires_at=as_of,\n",
        ),
    ),
    "an operation registered a second time, in a loop over a table": (
        "operations-registered-once",
        "registered-twice",
        append(
            f"{SPINE}/handlers/system_handler.py",
            "_MORE = {'.'.join(('analytics', 'feedback')): HealthHandler}\n\n\n"
            "def register_more(registry: OperationRegistry) -> None:\n"
            "    for name, handler in _MORE.items():\n        registry.register(name, handler())",
        ),
    ),
    "an operation nobody registers, its name on the second line": (
        "operations-dispatched-by-name",
        "unregistered-operation",
        append(
            f"{SPINE}/handlers/system_handler.py",
            "async def replay(registry: OperationRegistry, ctx: OperationContext) -> OperationResult:\n"
            "    return await registry.execute(\n        'analytics.' 'replay', ctx\n    )",
        ),
    ),
    "a route that dispatches another domain's operation through a helper": (
        "routes-stay-in-their-domain",
        "foreign-operation",
        append(
            "src/app/hoc/api/cus/system/health.py",
            "async def borrowed(registry: Registry, session: ReadSession) -> object:\n"
            "    return await _run(registry, session, 'analytics.query')\n\n\n"
            "async def _run(registry: Registry, session: ReadSession, name: str) -> object:\n"
            "    return await registry.execute(name, OperationContext.for_nobody(session))",
        ),
    ),
    "a key that the handler's method does not take": (
        "parameters-arrive",
        "unknown-argument",
        edit(
            "src/app/hoc/api/cus/analytics/feedback.py",
            '{"method": "get_feedback", "feedback_id": feedback_id, "as_of": as_of}',
            '{"method": "get_feedback", "feedback": feedback_id, "as_of": as_of}',
        ),
    ),
    "a route that answers by itself": (
        "route-map",
        "route-without-operation",
        append(
            "src/app/hoc/api/cus/system/health.py",
            '@router.get("/version")\nasync def version() -> str:\n    return "1"',
        ),
    ),
    "an engine that only another orphan uses": (
        "nothing-is-orphaned",
        "orphan",
        append(ENGINE, "async def idle(engine: CanaryEngine) -> None:\n    await idle(engine)"),
    ),
    "a handler method picked by a computed name": (
        "spine-calls-are-written-out",
        "computed-call",
        append(
            f"{SPINE}/handlers/method_dispatch.py",
            "def pick(facade: object, name: str) -> Any:\n    chosen = getattr(facade, name)\n    return chosen()",
        ),
    ),
    "an event type that only the code declares": (
        "event-types",
        "declaration-disagrees",
        edit(
            "src/app/hoc/cus/hoc_spine/authority/event_types.py",
            '"incidents.SuppressionRuleRevoked": ("rule_id",),',
            '"incidents.SuppressionRuleRevoked": ("rule_id",),\n        "incidents.Lost": ("rule_id",),',
        ),
    ),
    "a field misspelt where an event is built": (
        "events-are-complete",
        "payload-mismatch",
        edit(
            f"{SPINE}/coordinators/incident_work.py",
            "**by, evidence_id=change.evidence_id)",
            "**by, evidence=change.evidence_id)",
        ),
    ),
    "an event stored by somebody else, unchecked": (
        "events-are-validated",
        "unvalidated-emit",
        append(
            "src/app/hoc/cus/hoc_spine/drivers/event_outbox_driver.py",
            "def restore(session: Session, event: dict[str, Any]) -> None:\n"
            "    session.add(EventOutbox(event_id=event['event_id'], payload=event))",
        ),
    ),
    "a validator that only logs": (
        "events-incomplete-are-refused",
        "lenient-validator",
        edit(
            "src/app/hoc/cus/hoc_spine/authority/event_schema_contract.py",
            "        raise EventSchemaViolation(missing, invalid)\n",
            "        logger.error('%s', EventSchemaViolation(missing, invalid))\n",
        ),
    ),
}


@pytest.fixture(scope="module")
def contracts() -> ContractSet:
    return load_contracts(ROOT, kinds=KINDS)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FactStore:
    return FactStore(tmp_path_factory.mktemp("facts"))


@pytest.fixture(scope="module")
def workspace(contracts: ContractSet) -> Workspace:
    return Workspace(ROOT, discover(ROOT, contracts.topologies))


def decide(
    workspace: Workspace, contracts: ContractSet, store: FactStore, only: str | None = None
) -> list[CheckResult]:
    """The results of all contracts, or of one, over a workspace."""
    files = [(f.path, f.module, f.is_package) for f in workspace.files]
    project = build_project(files, workspace.read, contracts.topologies, store)
    analysis = Analysis(project)
    return [check(c, analysis) for c in contracts.contracts if only in (None, c.id)]


def test_every_contract_holds_and_has_something_to_say(
    workspace: Workspace, contracts: ContractSet, store: FactStore
) -> None:
    results = decide(workspace, contracts, store)
    assert [f for r in results for f in r.findings] == []
    assert {r.contract for r in results if r.sites == 0} == set()


def test_every_contract_is_broken_by_some_change(contracts: ContractSet) -> None:
    assert {c.id for c in contracts.contracts} == {contract for contract, _, _ in BROKEN.values()}


@pytest.mark.parametrize("what", BROKEN)
def test_a_change_against_a_contract_is_noticed(
    what: str, workspace: Workspace, contracts: ContractSet, store: FactStore
) -> None:
    contract, evidence, change = BROKEN[what]
    texts = {f.path: workspace.read(f.path).decode() for f in workspace.files}
    changed = workspace.with_changes({path: text.encode() for path, text in change(texts).items()})
    (result,) = decide(changed, contracts, store, contract)
    assert evidence in {f.evidence for f in result.findings}
