# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Create tenants and API keys, revoke keys, and authenticate callers; owns the transactions of doing so.
# Callers: app.hoc.api.cus.http.auth, app.cli, app.operations_cli, app.demo
# Allowed Imports: L4, app.db, app.infra
# Forbidden Imports: L2
"""Create tenants and API keys, revoke keys, and authenticate callers; owns the transactions of doing so."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.db import get_async_session
from app.hoc.cus.hoc_spine.auth.api_key import ApiKeyRecord, generate_key, hash_key, matches, prefix_of
from app.hoc.cus.hoc_spine.auth.principal import Principal, validate_scopes
from app.hoc.cus.hoc_spine.drivers import api_key_driver
from app.hoc.cus.hoc_spine.orchestrator.transaction import transaction
from app.infra.time import utc_now

# The id also names directories, hence no separators and no leading dot.
_TENANT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,35}")
_LABEL_LENGTH = 100
_NO_SUCH_HASH = hash_key("no key has this hash")


class KeyRequestError(ValueError):
    """A tenant or key cannot be created as asked; the message lists everything that is wrong."""


@dataclass(frozen=True)
class IssuedKey:
    """A new key. ``key`` exists only here; the database holds its hash."""

    key: str
    record: ApiKeyRecord

    def __repr__(self) -> str:
        """Leave the key out, so that it cannot end up in a log."""
        return f"IssuedKey(record={self.record!r})"


async def create_tenant(tenant_id: str) -> bool:
    """Create the tenant unless it exists; return whether it was created.

    Raises:
        KeyRequestError: when the id is not 1 to 36 letters, digits, ``_``, ``.`` or ``-``.
    """
    _raise_problems(_tenant_problems(tenant_id))
    async with get_async_session() as session, transaction(session):
        return await api_key_driver.ensure_tenant(session, tenant_id, utc_now())


async def create_api_key(
    *,
    tenant_id: str,
    name: str,
    scopes: Iterable[str],
    actor_id: str | None = None,
    expires_in: timedelta | None = None,
) -> IssuedKey:
    """Create a key, and its tenant if need be, in one transaction. The actor defaults to the key's name.

    Raises:
        KeyRequestError: listing everything that is wrong with the request.
    """
    actor = name if actor_id is None else actor_id
    wanted = tuple(sorted(set(scopes)))
    problems = _tenant_problems(tenant_id) + _label_problems("name", name) + _label_problems("actor", actor)
    if not wanted:
        problems.append("no scope is given; a key without scopes opens nothing")
    try:
        validate_scopes(wanted)
    except ValueError as error:
        problems.append(str(error))
    if expires_in is not None and expires_in <= timedelta(0):
        problems.append("the key would be expired from the start; give a positive duration")
    _raise_problems(problems)

    now = utc_now()
    key = generate_key()
    prefix = prefix_of(key)
    assert prefix is not None  # noqa: S101  # generate_key makes keys that have one
    record = ApiKeyRecord(
        id=str(uuid.uuid4()),
        tenant_id=tenant_id,
        name=name,
        actor_id=actor,
        prefix=prefix,
        key_hash=hash_key(key),
        scopes=wanted,
        created_at=now,
        expires_at=now + expires_in if expires_in is not None else None,
    )
    async with get_async_session() as session, transaction(session):
        await api_key_driver.ensure_tenant(session, tenant_id, now)
        await api_key_driver.insert_api_key(session, record)
    return IssuedKey(key, record)


async def list_api_keys(tenant_id: str | None = None) -> list[ApiKeyRecord]:
    """Return the keys of one tenant, or of all, newest first."""
    async with get_async_session(read_only=True) as session:
        return await api_key_driver.query_api_keys(session, tenant_id)


async def revoke_api_key(prefix: str) -> ApiKeyRecord | None:
    """Revoke the key with this public prefix from now on; None when there is none. Repeating it changes
    nothing.
    """
    async with get_async_session() as session, transaction(session):
        return await api_key_driver.revoke_api_key(session, prefix, utc_now())


async def authenticate(key: str) -> Principal | None:
    """Return who presents this key, or None when it is malformed, unknown, wrong, revoked or expired."""
    prefix = prefix_of(key)
    if prefix is None:
        return None
    async with get_async_session(read_only=True) as session:
        record = await api_key_driver.find_api_key(session, prefix)
    known_hash = record.key_hash if record is not None else _NO_SUCH_HASH
    return _admitted(key, record, known_hash, utc_now())


def _admitted(key: str, record: ApiKeyRecord | None, known_hash: str, now: datetime) -> Principal | None:
    # First of all the comparison: an unknown prefix costs as much of it as a known one.
    if not matches(key, known_hash) or record is None or not record.is_valid_at(now):
        return None
    return Principal(record.tenant_id, record.actor_id, frozenset(record.scopes))


def _tenant_problems(tenant_id: str) -> list[str]:
    if _TENANT_ID.fullmatch(tenant_id):
        return []
    return [
        f"the tenant {tenant_id!r} must be 1 to 36 letters, digits, '_', '-' or '.' "
        "and begin with neither '.' nor '-'"
    ]


def _label_problems(what: str, value: str) -> list[str]:
    if value.strip() and len(value) <= _LABEL_LENGTH and value.isprintable():
        return []
    return [f"the {what} must be 1 to {_LABEL_LENGTH} printable characters"]


def _raise_problems(problems: list[str]) -> None:
    if problems:
        raise KeyRequestError("; ".join(problems))
