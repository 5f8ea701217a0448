import asyncio
import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.hoc.cus.hoc_spine.auth import key_service
from app.hoc.cus.hoc_spine.auth.api_key import generate_key, hash_key, matches, prefix_of
from app.hoc.cus.hoc_spine.auth.key_service import (
    KeyRequestError,
    authenticate,
    create_api_key,
    create_tenant,
    list_api_keys,
    revoke_api_key,
)
from app.hoc.cus.hoc_spine.auth.principal import InvalidScopeError, Principal, validate_scopes
from app.infra.time import utc_now
from app.models import ApiKey, Tenant

LEVELS = ["read", "write", "admin"]


@pytest.mark.parametrize("held", LEVELS)
@pytest.mark.parametrize("asked", LEVELS)
def test_a_wider_level_includes_the_narrower_ones_of_its_domain_only(held: str, asked: str) -> None:
    principal = Principal("t", "a", frozenset({f"costsim:{held}"}))
    assert principal.permits(f"costsim:{asked}") == (LEVELS.index(held) >= LEVELS.index(asked))
    assert not principal.permits(f"incidents:{asked}")


def test_no_scope_permits_nothing() -> None:
    assert not Principal("t", "a", frozenset()).permits("costsim:read")


def test_malformed_scopes_are_all_named() -> None:
    with pytest.raises(InvalidScopeError) as caught:
        validate_scopes(["costsim:read", "costsim", "costsim:root", "*:read"])
    assert "'costsim', 'costsim:root', '*:read'" in str(caught.value)


def test_keys_are_fresh_and_match_only_their_own_hash() -> None:
    keys = {generate_key() for _ in range(200)}
    assert len({prefix_of(key) for key in keys}) == 200
    one, other, *_ = keys
    assert matches(one, hash_key(one))
    assert not matches(one, hash_key(other))


@given(st.text())
def test_text_that_is_no_key_has_no_prefix(text: str) -> None:
    assert prefix_of(text) is None


async def test_a_key_authenticates_its_tenant_actor_and_scopes(session: AsyncSession) -> None:
    issued = await create_api_key(
        tenant_id="acme", name="ci", scopes=["costsim:write", "costsim:read", "costsim:read"], actor_id="bot"
    )
    principal = await authenticate(issued.key)
    assert principal == Principal("acme", "bot", frozenset({"costsim:read", "costsim:write"}))


async def test_the_key_is_stored_nowhere_and_shown_nowhere(
    session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        issued = await create_api_key(tenant_id="acme", name="ci", scopes=["costsim:read"])
        await authenticate(issued.key)
    secret = issued.key.split("_", 2)[2]
    assert secret not in repr(issued)
    assert secret not in caplog.text
    connection = await session.connection()
    for table in await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
        for row in await session.execute(text(f'SELECT * FROM "{table}"')):
            assert secret not in repr(row)
    stored = (await session.scalars(select(ApiKey))).one()
    assert stored.key_hash == hash_key(issued.key)


async def test_other_keys_do_not_authenticate(session: AsyncSession) -> None:
    issued = await create_api_key(tenant_id="acme", name="ci", scopes=["costsim:read"])
    last = "A" if issued.key[-1] != "A" else "B"
    prefix = issued.record.prefix
    for wrong in (issued.key[:-1] + last, generate_key(), issued.key + "x", issued.key.upper(), prefix, ""):
        assert await authenticate(wrong) is None
    # A correct secret under another key's prefix is somebody else's.
    other = await create_api_key(tenant_id="rival", name="ci", scopes=["costsim:read"])
    assert await authenticate(issued.key.replace(prefix, other.record.prefix)) is None


async def test_a_key_ends_at_the_moment_it_expires(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await create_api_key(
        tenant_id="acme", name="ci", scopes=["costsim:read"], expires_in=timedelta(days=1)
    )
    end = issued.record.expires_at
    assert end == issued.record.created_at + timedelta(days=1)
    instant = timedelta(microseconds=1)
    for moment, valid in ((end - instant, True), (end, False), (end + instant, False)):
        monkeypatch.setattr(key_service, "utc_now", lambda moment=moment: moment)
        assert (await authenticate(issued.key) is not None) == valid


async def test_a_revoked_key_ends_at_once_and_keeps_the_first_moment(session: AsyncSession) -> None:
    kept = await create_api_key(tenant_id="acme", name="kept", scopes=["costsim:read"])
    issued = await create_api_key(tenant_id="acme", name="ci", scopes=["costsim:read"])
    before = utc_now()
    first = await revoke_api_key(issued.record.prefix)
    again = await revoke_api_key(issued.record.prefix)
    assert first == again
    assert first is not None
    assert before <= first.revoked_at <= utc_now()
    assert await authenticate(issued.key) is None
    assert await authenticate(kept.key) is not None
    assert await revoke_api_key("0" * 12) is None


async def test_lists_are_newest_first_and_keep_tenants_apart(session: AsyncSession) -> None:
    for tenant, name in (("acme", "one"), ("rival", "two"), ("acme", "three")):
        await create_api_key(tenant_id=tenant, name=name, scopes=["costsim:read"])
    assert [record.name for record in await list_api_keys()] == ["three", "two", "one"]
    assert [record.name for record in await list_api_keys("acme")] == ["three", "one"]
    assert await list_api_keys("nobody") == []


async def test_everything_wrong_with_a_request_is_reported_and_nothing_is_stored(
    session: AsyncSession,
) -> None:
    with pytest.raises(KeyRequestError) as caught:
        await create_api_key(
            tenant_id="../etc",
            name=" ",
            scopes=["root"],
            actor_id="x" * 101,
            expires_in=timedelta(0),
        )
    for part in ("'../etc'", "the name", "the actor", "'root'", "expired from the start"):
        assert part in str(caught.value)
    with pytest.raises(KeyRequestError, match="no scope"):
        await create_api_key(tenant_id="acme", name="ci", scopes=[])
    assert (await session.scalars(select(Tenant))).all() == []


@pytest.mark.parametrize("tenant_id", ["", ".", "..", "-a", "a/b", "a b", "ä", "x" * 37, "a\n"])
async def test_ids_that_could_not_name_a_directory_are_refused(session: AsyncSession, tenant_id: str) -> None:
    with pytest.raises(KeyRequestError, match="tenant"):
        await create_tenant(tenant_id)


async def test_a_tenant_is_created_once_however_many_ask_at_once(session: AsyncSession) -> None:
    created = await asyncio.gather(*(create_tenant("acme") for _ in range(5)))
    assert sorted(created) == [False, False, False, False, True]
    assert list(await session.scalars(select(Tenant.id))) == ["acme"]
