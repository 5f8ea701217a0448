"""What an SQL text does: its verbs and tables, read from its words alone.

A safe reading, not a parser: comments and quoted text are taken out first; what a statement does is its verb, with data-changing
parts of a ``WITH``; a table that cannot be told is left open. Works on the known beginning of a text that goes on unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archwright.project.effects.facts import Effect

_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_TABLE = (
    r"(?:ONLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?((?:\"[^\"]+\"|[\w$]+)(?:\s*\.\s*(?:\"[^\"]+\"|[\w$]+))*)"
)
_READ_FROM = re.compile(rf"\b(?:FROM|JOIN|USING)\s+{_TABLE}(?!\s*\()", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\s+{_TABLE}|\bREPLACE\s+INTO\s+{_TABLE}|\bMERGE\s+INTO\s+{_TABLE}|\bDELETE\s+FROM\s+{_TABLE}"
    rf"|(?<!FOR\s)(?<!DO\s)(?<!ON\s)\bUPDATE\s+(?!SET\b|OF\b|SKIP\b|NOWAIT\b|CASCADE\b){_TABLE}|\bTRUNCATE\s+(?:TABLE\s+)?{_TABLE}"
    rf"|\b(?:CREATE|ALTER|DROP)\s+TABLE\s+{_TABLE}",
    re.IGNORECASE,
)
_CTE = re.compile(
    r"(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)(\w+)\s*(?:\([^()]*\)\s*)?AS\s*(?:NOT\s+)?(?:MATERIALIZED\s*)?\(",
    re.IGNORECASE,
)
_LOCK = re.compile(
    r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b|\bFOR\s+(?:KEY\s+)?SHARE\b|\bpg_(?:try_)?advisory_\w*lock\w*|\bGET_LOCK\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\bCURRENT_TIMESTAMP\b|\bCURRENT_DATE\b|\bNOW\s*\(\s*\)|\bclock_timestamp\s*\(", re.IGNORECASE
)
_ROUTINE = re.compile(
    r"\bCREATE\b(?:\s+\w+){0,4}?\s+(?:TRIGGER|FUNCTION|PROCEDURE)\b[^;]*?\bBEGIN\b", re.IGNORECASE
)
_BLOCK = re.compile(r"\b(?:BEGIN|CASE|END(?:\s+(?:IF|LOOP|WHILE|REPEAT))?)\b", re.IGNORECASE)
_SAVEPOINT = re.compile(r"\s*(?:SAVEPOINT|RELEASE|ROLLBACK\s+(?:WORK\s+|TRANSACTION\s+)?TO)\b", re.IGNORECASE)
_SET_TRANSACTION = re.compile(r"\s*SET\s+(?:SESSION\s+CHARACTERISTICS|TRANSACTION)\b", re.IGNORECASE)

_TRANSACTION = {
    "BEGIN": "db.transaction.begin",
    "START": "db.transaction.begin",
    "COMMIT": "db.transaction.commit",
    "END": "db.transaction.commit",
    "ROLLBACK": "db.transaction.rollback",
    "ABORT": "db.transaction.rollback",
    "PREPARE": "db.transaction.commit",
}
_CHANGES = frozenset(
    [
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "REPLACE",
        "TRUNCATE",
        "CREATE",
        "ALTER",
        "DROP",
        "GRANT",
        "REVOKE",
        "COPY",
        "CALL",
        "DO",
        "VACUUM",
        "REINDEX",
        "REFRESH",
        "COMMENT",
        "NOTIFY",  # others hear of it once the transaction commits
    ]
)
_READS = frozenset(
    [
        "SELECT",
        "VALUES",
        "TABLE",
        "SHOW",
        "EXPLAIN",
        "PRAGMA",
        "SET",
        "RESET",
        "DESCRIBE",
        "ANALYZE",
        "FETCH",
        "LISTEN",
    ]
)

ANY_STATEMENT = ("db.read", "db.write", "db.transaction", "db.lock")
"""What a text nobody can read may do."""


def read_sql(text: str, *, whole: bool = True) -> tuple[Effect, ...] | None:
    """The effects of *text*, sorted; None when its verb cannot be told. *whole* False: more text follows that is not known."""
    effects: set[Effect] = set()
    statements = [s for s in _without_bodies(_NOISE.sub(" ", text)).split(";") if _WORD.search(s)]
    if not statements:
        return None
    for number, statement in enumerate(statements):
        cut = not whole and number == len(statements) - 1
        found = _read_statement(statement, cut=cut)
        if found is None:
            return None
        effects.update(found)
    return tuple(sorted(effects))


def _without_bodies(text: str) -> str:
    """*text* without the bodies of triggers and routines: what is between their BEGIN and END runs later, when they do."""
    while (made := _ROUTINE.search(text)) is not None:
        end, depth = len(text), 1
        for word in _BLOCK.finditer(text, made.end()):
            said = word.group().upper()
            depth += 1 if said in ("BEGIN", "CASE") else -1 if said == "END" else 0
            if depth == 0:
                end = word.end()
                break
        head = made.group()
        text = f"{text[: made.start()]}{head[: -len('BEGIN')]}{text[end:]}"
    return text


def _read_statement(text: str, *, cut: bool) -> Iterator[Effect] | list[Effect] | None:
    first = _WORD.search(text)
    verb = first.group().upper() if first else ""
    if cut and first is not None and first.end() == len(text.rstrip()) == len(text):
        return None  # the verb itself may go on
    if _SAVEPOINT.match(text):
        return [Effect("db.transaction.savepoint")]
    if verb in _TRANSACTION:
        return [Effect(_TRANSACTION[verb])]
    if _SET_TRANSACTION.match(text):
        return [Effect("db.transaction.begin")]
    if verb == "LOCK":
        return [Effect("db.lock")]
    if verb == "WITH" and cut:
        return None
    if verb not in _CHANGES and verb not in _READS and verb != "WITH":
        return None
    return _effects(text, verb, cut=cut)


def _effects(text: str, verb: str, *, cut: bool) -> Iterator[Effect]:
    own = {name.lower() for name in _CTE.findall(text)}
    written = {_plain(next(filter(None, groups))) for groups in _groups(_WRITTEN, text)}
    read = {_plain(name) for name in _READ_FROM.findall(text)} - own - written
    if verb in _CHANGES or written:
        yield from (Effect("db.write", table) for table in sorted(written) or [""])
    if verb in _READS or verb == "WITH" or read:
        tables = sorted(read)
        if not written:
            # Of a text that is cut off the tables named so far may not be all.
            yield from (
                Effect("db.read", table) for table in (tables if tables and not cut else ["", *tables])
            )
        else:
            yield from (Effect("db.read", table) for table in tables)
    if _LOCK.search(text):
        yield Effect("db.lock")
    if _CLOCK.search(text):
        yield Effect("clock")


def _groups(pattern: re.Pattern[str], text: str) -> list[tuple[str, ...]]:
    return [tuple(found) for found in pattern.findall(text)]


def _plain(name: str) -> str:
    """The table's own name: without schema and quotes."""
    last = name.split(".")[-1].strip()
    return last.strip('"') if last.startswith('"') else last.lower()
