"""One canonical JSON form and one content hash for everything that is fingerprinted.

Canonical form: keys sorted, separators ``,`` and ``:`` without spaces, non-ASCII escaped, NaN and
infinities refused.
"""

import hashlib
import json
from typing import Any


def canonical_json(data: Any) -> str:
    """Serialise ``data`` to its canonical JSON text; raises ``TypeError``/``ValueError`` for what JSON
    cannot say.
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def content_hash(data: Any) -> str:
    """SHA-256 of the canonical JSON of ``data``, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_json(data).encode("ascii")).hexdigest()
