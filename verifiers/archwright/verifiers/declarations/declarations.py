"""What all contracts on headers have in common, and the first of them: the keys a header must have.

The comment block above the code is the header. Nothing in a docstring, in a string or further down is, and nothing but these
contracts takes a comment for evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from archwright.contracts.language import NOWHERE, Contract, EdgeSelector, Located, Problem, Selector, Subject
from archwright.model import CheckResult, Location
from archwright.project.analysis import Analysis
from archwright.project.headers import Claim, Item, claims, named
from archwright.verifiers.tally import Tally


class DeclarationsContract(Contract, frozen=True, kw_only=True):
    """Contracts about what files say of themselves."""

    rule: str
    units: Annotated[Selector, Meta(description="say which modules are meant")]


class KeyRule(msgspec.Struct, frozen=True, kw_only=True):
    """What the value of one key must be like."""

    one_of: Annotated[tuple[Located, ...], Meta(description="The values it may have; a note may follow")] = ()
    match: Annotated[Located | None, Meta(description="A regular expression for the whole value")] = None
    words: Annotated[int | None, Meta(description="How many words it has, at least")] = None
    optional: Annotated[bool, Meta(description="Whether the key may be missing")] = False
    origin: Location = NOWHERE

    def problems(self) -> Iterator[Problem]:
        """An expression that is none."""
        if self.match is not None:
            try:
                re.compile(self.match)
            except re.error as error:
                message = f'"{self.match}" is no regular expression: {error}'
                yield Problem(self.match.origin, message, "write one in Python's notation")


class KeysContract(DeclarationsContract, frozen=True, kw_only=True):
    """The keys each header must have, once, with well-formed values."""

    keys: Annotated[Mapping[Located, KeyRule], Meta(description="say which keys: {Role: {words: 3}}")]


def check_keys(contract: KeysContract, analysis: Analysis) -> CheckResult:
    """Judges every key of every module with code."""
    tally = Tally(contract)
    for module in modules_with_code(contract.units, analysis):
        for key, rule in contract.keys.items():
            _judge_key(module, key, rule, analysis, tally)
    return tally.result()


def modules_with_code(selector: Selector, analysis: Analysis) -> list[str]:
    """The modules a selector means that hold more than a docstring; others have nothing to declare."""
    project = analysis.project
    return [
        module
        for module in project.modules
        if selector.matches(Subject(module=module, unit=project.unit(module)))
        and project.summary(module).has_code
    ]


def header_line(analysis: Analysis, module: str, line: int) -> Location:
    """A line of a module's file."""
    return Location(analysis.project.file(module).path, line)


def only_claim(
    module: str, key: str, analysis: Analysis, tally: Tally, *, required: bool = True
) -> Claim | None:
    """The claim of *module* under *key*; reports a missing one, and one that is made twice."""
    found = claims(analysis.project, module, key)
    if not found:
        if required:
            message = f"the header of `{module}` has no `{key}:`"
            tally.failed("missing-key", (module, key), message, header_line(analysis, module, 1))
        return None
    if len(found) > 1:
        message = f"the header of `{module}` says `{key}:` {len(found)} times"
        tally.failed("repeated-key", (module, key), message, header_line(analysis, module, found[1].line))
        return None
    return found[0]


class Words(msgspec.Struct, frozen=True):
    """The words headers use for groups of modules, and what they stand for."""

    groups: Mapping[str, EdgeSelector]
    layers: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """All of them."""
        return self.layers | frozenset(self.groups)

    def meant(self, item: Item, subject: Subject, own: Subject) -> bool:
        """Whether *item*, in the header of *own*, stands for the module *subject*."""
        if item.group and not self._in_group(item.group, subject, own):
            return False
        return not item.name or (subject.module is not None and named(item.name, subject.module))

    def _in_group(self, group: str, subject: Subject, own: Subject) -> bool:
        selector = self.groups.get(group)
        if selector is not None:
            return selector.matches(subject, own)
        return subject.unit is not None and subject.unit.layer == group


def words_of(groups: Mapping[str, EdgeSelector], analysis: Analysis) -> Words:
    """The words of a contract with those every topology has: the ids of layers."""
    return Words(groups, frozenset(layer.id for layer in analysis.project.topologies.layers))


def module_subject(module: str, analysis: Analysis) -> Subject:
    """A module as selectors see it."""
    return Subject(module=module, unit=analysis.project.unit(module))


def _judge_key(module: str, key: Located, rule: KeyRule, analysis: Analysis, tally: Tally) -> None:
    claim = only_claim(module, key, analysis, tally, required=not rule.optional)
    if claim is None:
        return
    problem = _problem(claim.value, rule)
    if problem is None:
        tally.passed()
        return
    message = f"the header of `{module}` says `{key}: {claim.value}`, which {problem}"
    tally.failed("malformed-key", (module, str(key)), message, header_line(analysis, module, claim.line))


def _problem(value: str, rule: KeyRule) -> str | None:
    if not value:
        return "says nothing"
    if rule.one_of and not any(_begins(value, choice) for choice in rule.one_of):
        return f"is none of {', '.join(rule.one_of)}"
    if rule.match is not None and re.fullmatch(rule.match, value) is None:
        return f"does not match `{rule.match}`"
    if rule.words is not None and len(value.split()) < rule.words:
        return f"is shorter than {rule.words} words"
    return None


def _begins(value: str, choice: str) -> bool:
    """Whether a value is *choice*, or that and a note behind a dash, a comma or a parenthesis."""
    return re.fullmatch(rf"{re.escape(choice)}(\s*([-–—,;(:].*)?)?", value, re.IGNORECASE) is not None
