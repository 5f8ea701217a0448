"""Sums over nested lines, whatever their depth: nothing here can change a table."""

import hashlib
import json


class Sorted(json.JSONEncoder):
    pass


def checksum(lines):
    flat = flatten(lines.get("lines"))
    return hashlib.sha256(Sorted().encode(flat).encode()).hexdigest()


def flatten(lines):
    """What sqlalchemy, alembic and others would execute: nothing, here."""
    for key, value in lines.items():
        if value.get("nested"):
            lines[key] = flatten(value)
        if value.get("more"):
            lines[key] = flatten(value.get("more"))
        if value.get("rest"):
            flatten(value)
    return lines
