"""Routes as they are read, compared with the ones a FastAPI application assembled from the same text says it has."""

from __future__ import annotations

import sys
from textwrap import dedent
from types import ModuleType

import pytest
from fastapi import FastAPI

from archwright.contracts.language import Topologies
from archwright.facts.store import FactStore
from archwright.project.analysis import Analysis
from archwright.project.operations.routes import RouteReader
from archwright.project.project import build_project

APPLICATIONS = {
    "prefixes": """
        from fastapi import APIRouter, FastAPI

        PREFIX = "/things"
        inner = APIRouter(prefix=PREFIX)
        outer = APIRouter(prefix="/v1")
        app = FastAPI()

        @inner.get("/{thing_id}")
        def read(thing_id: str): ...

        @inner.post("")
        async def create(): ...

        outer.include_router(inner, prefix="/all")
        app.include_router(outer, prefix="/api")
    """,
    "included twice": """
        from fastapi import APIRouter, FastAPI

        router = APIRouter(prefix="/x")
        app = FastAPI()

        @router.delete("/y")
        def remove(): ...

        app.include_router(router, prefix="/old")
        app.include_router(router, prefix=f"/{'new'}")
    """,
    "added by calls": """
        from fastapi import APIRouter, FastAPI

        def read(): ...
        def write(): ...
        def build():
            router = APIRouter(prefix="/one")
            router.add_api_route("/read", read)
            router.add_api_route("/write", write, methods=["PUT", "PATCH"])
            return router

        app = FastAPI()
        app.include_router(build())
        app.add_api_route("/two", endpoint=read, methods=["POST"])
    """,
    "a loop over routers": """
        from fastapi import APIRouter, FastAPI

        first, second = APIRouter(prefix="/first"), APIRouter(prefix="/second")
        ROUTERS = [(first, "/a"), (second, "/b")]

        @first.get("/")
        def one(): ...

        @second.api_route("/r", methods=["GET", "POST"])
        def two(): ...

        def create_app() -> FastAPI:
            app = FastAPI()
            for router, prefix in ROUTERS:
                app.include_router(router, prefix=prefix)

            @app.get("/health")
            def health(): ...

            return app

        app = create_app()
    """,
    "several decorators": """
        from fastapi import APIRouter, FastAPI

        app = FastAPI()
        router = APIRouter()

        @router.get("/a")
        @router.get("/b", include_in_schema=True)
        def read(): ...

        class Pages:
            router = APIRouter(prefix="/pages")

        @Pages.router.put("/{name:path}")
        def put(name: str): ...

        for one in (router, Pages.router):
            app.include_router(one)
    """,
}


@pytest.mark.parametrize("text", APPLICATIONS.values(), ids=APPLICATIONS.keys())
def test_routes_are_the_ones_fastapi_has(text: str) -> None:
    code = dedent(text)
    served = _served(code)
    reader = _reader(code)
    found = {
        (r.method, r.path.replace(":path}", "}"), r.endpoint[1].rpartition(".")[2])
        for r in reader.routes()
        if r.mounted
    }
    assert not reader.open
    assert found == served


def test_a_prefix_that_differs_from_call_to_call_is_said_not_to_be_told() -> None:
    code = dedent("""
        from fastapi import APIRouter, FastAPI

        def build(prefix: str) -> APIRouter:
            return APIRouter(prefix=prefix)

        app = FastAPI()
        app.include_router(build(input()))
    """)
    reader = _reader(code)
    assert reader.routes() == ()
    assert {one.at.line for one in reader.open} & {5, 8}


def _reader(code: str) -> RouteReader:
    store = FactStore(None, jobs=1)
    return Analysis(
        build_project([("m.py", "m", False)], lambda _: code.encode(), Topologies(()), store)
    ).routes


def _served(code: str) -> set[tuple[str, str, str]]:
    module = ModuleType("application_under_test")
    sys.modules[module.__name__] = module
    try:
        exec(compile(code, "m.py", "exec"), module.__dict__)
        app = module.__dict__["app"]
        assert isinstance(app, FastAPI)
        schema = app.openapi()["paths"]
    finally:
        del sys.modules[module.__name__]
    return {
        (method.upper(), path, operation["summary"].lower().replace(" ", "_"))
        for path, methods in schema.items()
        for method, operation in methods.items()
    }
