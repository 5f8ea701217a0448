"""What an expression may stand for, as far as it can be told without running anything."""

from __future__ import annotations

import builtins

import msgspec


class _Value(msgspec.Struct, frozen=True):
    pass


class ModuleValue(_Value, frozen=True):
    """A module or package of this code base."""

    name: str


class FunctionValue(_Value, frozen=True):
    """A function or method of this code base."""

    module: str
    qualname: str
    """The key of its scope, ``#n`` included."""
    bound: bool = False
    """Whether the first parameter is already given (a method of an instance, a classmethod)."""
    receiver: str = ""
    """For a method: the qualified class it was looked up on; the defining class may be a base of it."""

    @property
    def qualified(self) -> str:
        """The full dotted name of the definition."""
        return f"{self.module}.{self.qualname.split('#')[0]}"

    @property
    def looked_up_as(self) -> str:
        """The full dotted name under the class it was looked up on; the same as ``qualified`` for a function."""
        if not self.receiver:
            return self.qualified
        return f"{self.receiver}.{self.qualname.split('#')[0].rpartition('.')[2]}"


class ClassValue(_Value, frozen=True):
    """A class of this code base, as a value."""

    module: str
    qualname: str

    @property
    def qualified(self) -> str:
        """The full dotted name."""
        return f"{self.module}.{self.qualname.split('#')[0]}"


class InstanceValue(_Value, frozen=True):
    """An instance of a class of this code base, or of a subclass."""

    module: str
    qualname: str

    @property
    def cls(self) -> ClassValue:
        """Its class."""
        return ClassValue(self.module, self.qualname)


class ExternalValue(_Value, frozen=True):
    """Something outside this code base, by dotted name: a module, class, function or attribute."""

    name: str


class ExternalInstance(_Value, frozen=True):
    """What calling an external class or function gives."""

    name: str
    """The dotted name of what was called."""


class UnknownValue(_Value, frozen=True):
    """The part of an answer that is missing."""


Value = (
    ModuleValue | FunctionValue | ClassValue | InstanceValue | ExternalValue | ExternalInstance | UnknownValue
)
Values = frozenset[Value]

UNKNOWN = UnknownValue()
NOTHING: Values = frozenset()
ANYTHING: Values = frozenset({UNKNOWN})


def called_names(values: Values) -> set[str]:
    """The qualified names under which calling one of *values* is known to contracts."""
    names: set[str] = set()
    for value in values:
        if isinstance(value, FunctionValue):
            names.update((value.qualified, value.looked_up_as))
        elif isinstance(value, ClassValue):
            names.update((value.qualified, f"{value.qualified}.__init__"))
        elif isinstance(value, InstanceValue):
            names.add(f"{value.cls.qualified}.__call__")
        elif isinstance(value, ExternalValue):
            names.add(value.name)
    return names


def is_unbound(value: Value) -> bool:
    """Whether a value only looks external: its name is bound nowhere that can be seen, and no builtin."""
    if not isinstance(value, ExternalValue):
        return False
    root, _, rest = value.name.partition(".")
    return root == "builtins" and rest.partition(".")[0] not in _BUILTINS


def external_names(values: Values) -> set[str]:
    """The dotted names of the external things among *values*."""
    return {value.name for value in values if isinstance(value, ExternalValue)}


_BUILTINS = frozenset(dir(builtins))
