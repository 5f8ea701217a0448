"""Routes: method, full path through all routers, and the function that serves them (FastAPI and Starlette)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.model import Location
from archwright.project.calls.calls import CallFinder, Site
from archwright.project.code import Scope
from archwright.project.execution.machine import Machine
from archwright.project.execution.policy import Hit
from archwright.project.execution.values import Function, Literal, Ref, Value, texts
from archwright.project.operations.reaching import Reacher

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_ROUTERS = frozenset(
    f"{package}.{name}"
    for package, names in {
        "fastapi": ("FastAPI", "APIRouter"),
        "fastapi.routing": ("APIRouter",),
        "fastapi.applications": ("FastAPI",),
        "starlette.applications": ("Starlette",),
        "starlette.routing": ("Router",),
    }.items()
    for name in names
)
_APPLICATIONS = ("FastAPI", "Starlette")
_ADDING = frozenset({"include_router", "mount", "add_api_route", "add_route", "api_route", "route", *VERBS})
_WORDS = ("APIRouter", "FastAPI", "Starlette", "include_router", "add_api_route", "api_route", "mount")
_MAX_PATHS = 64


class Route(msgspec.Struct, frozen=True):
    """One method and path, as a client calls it."""

    method: str
    path: str
    """The full path; without the prefix of an application where the router is mounted in none."""
    endpoint: tuple[str, str]
    """Module and qualified name of the function that serves it."""
    at: Location
    mounted: bool
    """Whether an application includes it."""


class OpenRoute(msgspec.Struct, frozen=True):
    """A place that adds routes which cannot be told."""

    what: str
    scope: Scope
    at: Location

    def __hash__(self) -> int:
        return hash((self.what, self.at))


class _Added(msgspec.Struct, frozen=True):
    router: object
    methods: tuple[str, ...]
    path: str
    endpoint: Function
    at: Location


class _Included(msgspec.Struct, frozen=True):
    parent: object
    child: object
    prefix: str


def is_router(name: str) -> bool:
    """Whether *name* is a class of routers."""
    return name in _ROUTERS


class RouteReader:
    """Collects what is added to routers, and composes paths."""

    def __init__(self, calls: CallFinder, machine: Machine) -> None:
        self._machine = machine
        self._project = machine.inference.project
        self._reacher = Reacher(calls, machine, kept_as=("reached", "routers"))
        self._added: list[_Added] = []
        self._included: list[_Included] = []
        self._prefixes: dict[object, str] = {}
        self._applications: set[object] = set()
        self._decorated: dict[int, Scope] = {}
        self._routes: tuple[Route, ...] | None = None
        self.open: list[OpenRoute] = []
        """Places that add routes which cannot be told; complete once ``routes`` has been asked."""

    def routes(self) -> tuple[Route, ...]:
        """All routes, by path, method and place."""
        if self._routes is None:
            self._routes = self._read()
        return self._routes

    def _read(self) -> tuple[Route, ...]:
        for module in self._project.modules:
            summary = self._project.summary(module)
            if any(summary.mentions(word) for word in _WORDS):
                self._read_module(module)
        found = [
            Route(method, path or "/", (added.endpoint.module, added.endpoint.qualname), added.at, mounted)
            for added in self._added
            for prefix, mounted in self._prefixes_of(added.router)
            for path in (prefix + added.path,)
            for method in added.methods
        ]
        return tuple(sorted(dict.fromkeys(found), key=lambda r: (r.path, r.method, r.at)))

    # --- what is added ---

    def _read_module(self, module: str) -> None:
        index = self._machine.inference.index(module)
        for scope in index.functions():
            for decorator in scope.node.decorators if isinstance(scope.node, ir.FunctionDef) else ():
                self._decorated[id(decorator)] = scope
        sites = [Site(scope, call, True, True) for scope in index.executed() for call in _adding_calls(scope)]
        self._reacher.watch(sites)
        for site in sites:
            scope, call = site.scope, site.node
            reach = self._reacher.reach(site, lambda hit: self._receiver(hit) is None and _is_open(hit))
            if not reach.ways and self._looks_like_one(call, scope):
                self.open.append(OpenRoute("is never reached", scope, self._project.at(module, call.at)))
            for way in reach.ways:
                self._note(way.hit, scope)

    def _looks_like_one(self, call: ir.Call, scope: Scope) -> bool:
        return isinstance(call.func, ir.Attr) and call.func.name in ("include_router", "add_api_route")

    def _note(self, hit: Hit, scope: Scope) -> None:
        router = self._receiver(hit)
        word = min(hit.names, key=len).rpartition(".")[2]
        at = self._project.at(scope.module, hit.call.at)
        if router is None:
            if word in ("include_router", "add_api_route"):
                self.open.append(OpenRoute("is called on a router that cannot be told", scope, at))
        elif word in ("include_router", "mount"):
            self._include(hit, router, word, scope, at)
        else:
            self._add(hit, router, word, scope, at)

    def _receiver(self, hit: Hit) -> object | None:
        of = getattr(hit.callee, "of", None)
        return self._identity(of, hit) if isinstance(of, Ref) else None

    def _identity(self, one: Ref, hit: Hit) -> object | None:
        """The call that made a router; the same wherever it is handed."""
        made = self._machine.object(one, hit.state)
        lineage = self._machine.inference.classes.lineage(made.cls)
        base = next((b for b in lineage if is_router(b)), "")
        if not base or made.made_at is None:
            return None
        if base.endswith(_APPLICATIONS):
            self._applications.add(made.made_at)
        entry = made.entries.get("prefix")
        prefix = texts(entry.value) if entry is not None else [""]
        self._prefixes[made.made_at] = prefix[0] if prefix else ""
        if not prefix:
            at = self._project.at(*made.made_at)
            self.open.append(OpenRoute("has a prefix that cannot be told", hit.frame.scope, at))
        return made.made_at

    def _include(self, hit: Hit, parent: object, word: str, scope: Scope, at: Location) -> None:
        is_mount = word == "mount"
        given = hit.args.get(1 if is_mount else 0, "app" if is_mount else "router")
        prefix_value = (hit.args.get(0, "path") or None) if is_mount else _keyword(hit, "prefix")
        prefixes = texts(prefix_value) if prefix_value is not None else [""]
        children = [self._identity(one, hit) for one in given if isinstance(one, Ref)]
        if not prefixes or not children or None in children or len(children) != len(given):
            if not is_mount:
                self.open.append(OpenRoute("includes a router that cannot be told", scope, at))
            return
        self._included += [_Included(parent, child, prefix) for child in children for prefix in prefixes]

    def _add(self, hit: Hit, router: object, word: str, scope: Scope, at: Location) -> None:
        paths = texts(hit.args.get(0, "path"))
        if word in VERBS:
            methods: list[str] | None = [word.upper()]
        else:
            methods = self._methods(hit)
        if word in ("add_api_route", "add_route"):
            endpoints = [one for one in hit.args.get(1, "endpoint") if isinstance(one, Function)]
        else:
            decorated = self._decorated.get(id(hit.call))
            endpoints = [Function(decorated.module, decorated.qualname)] if decorated is not None else []
        if not paths or not methods or not endpoints:
            if word in VERBS and not endpoints:
                return  # ``client.get("/x")``
            self.open.append(OpenRoute("adds a route that cannot be told", scope, at))
            return
        self._added += [_Added(router, tuple(methods), path, one, at) for path in paths for one in endpoints]

    def _methods(self, hit: Hit) -> list[str] | None:
        given = _keyword(hit, "methods")
        if given is None:
            return ["GET"]
        if len(given) != 1 or not isinstance(given[0], Ref):
            return None
        found = [texts(e.value) for e in self._machine.object(given[0], hit.state).entries.values()]
        if any(f is None or len(f) != 1 for f in found):
            return None
        return sorted({f[0].upper() for f in found if f})

    # --- paths ---

    def _prefixes_of(self, router: object) -> list[tuple[str, bool]]:
        """The prefixes of *router*, its own included, through everything that includes it: (prefix, in an application)."""
        found = list(self._ways_up(router, frozenset()))
        if not found:
            found.append((self._prefixes.get(router, ""), False))
        return found

    def _ways_up(self, router: object, seen: frozenset[object]) -> Iterator[tuple[str, bool]]:
        own = self._prefixes.get(router, "")
        if router in self._applications:
            yield own, True
        if router in seen or len(seen) > _MAX_PATHS:
            return
        for edge in dict.fromkeys(self._included):
            if edge.child == router:
                for above, mounted in self._ways_up(edge.parent, seen | {router}):
                    yield above + edge.prefix + own, mounted


def _adding_calls(scope: Scope) -> Iterator[ir.Call]:
    """The calls in the scope's own code, decorators of its definitions included, that may add to a router."""
    from archwright.facts.walk import walk_own

    for node in walk_own(scope.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) and node.func.name in _ADDING:
            yield node
        elif isinstance(node, ir.Lambda):
            yield from (n for n in walk(node.body) if isinstance(n, ir.Call) and _is_adding(n))


def _is_adding(call: ir.Call) -> bool:
    return isinstance(call.func, ir.Attr) and call.func.name in ("include_router", "add_api_route")


def _is_open(hit: Hit) -> bool:
    of = getattr(hit.callee, "of", None)
    return bool(getattr(of, "parameter", "")) or bool(getattr(hit.callee, "parameter", ""))


def _keyword(hit: Hit, name: str) -> Value | None:
    entry = hit.args.keywords.get(name)
    if entry is None:
        return None
    is_none = len(entry.value) == 1 and isinstance(entry.value[0], Literal) and entry.value[0].value is None
    return None if is_none else entry.value
