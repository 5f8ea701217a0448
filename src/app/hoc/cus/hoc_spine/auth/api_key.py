# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: What an API key looks like, how it is hashed, and when it is valid.
# Callers: app.hoc.cus.hoc_spine.auth.key_service, app.hoc.cus.hoc_spine.drivers.api_key_driver
# Allowed Imports: L4
# Forbidden Imports: L2
"""What an API key looks like, how it is hashed, and when it is valid.

A key is ``hoc_<prefix>_<secret>``: the prefix (12 hexadecimal digits) is public and finds the row, the secret
is 256 random bits. A plain SHA-256 suffices for such a secret: there is no dictionary to try.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

_KEY = re.compile(r"hoc_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class ApiKeyRecord:
    """A key as the server knows it: everything but the key."""

    id: str
    tenant_id: str
    name: str
    actor_id: str
    prefix: str
    key_hash: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether the key is neither revoked nor expired at ``moment``; at ``expires_at`` it is expired."""
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)


def generate_key() -> str:
    """Return a fresh key."""
    return f"hoc_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"


def prefix_of(key: str) -> str | None:
    """Return the public prefix of a key, or None when the text is not a key at all."""
    match = _KEY.fullmatch(key)
    return match.group(1) if match else None


def hash_key(key: str) -> str:
    """Return the SHA-256 of the whole key in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def matches(key: str, key_hash: str) -> bool:
    """Compare a presented key with a stored hash in constant time."""
    return hmac.compare_digest(hash_key(key), key_hash)
