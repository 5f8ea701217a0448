"""What packages outside of the standard library do: data only. Those listed have been judged as a whole, by what they offer.

What a listed package does is named here, in ``catalogue`` or in ``objects``; everything else in it has no effect, printing and
logging included, and what a web framework takes from and gives to the server that calls it. What runs the functions it is given
is judged by those functions. Nothing is known about packages that are not listed, except for the names in the catalogue.
"""

from __future__ import annotations

from functools import cache

from archwright.project.effects import stdlib
from archwright.project.effects.stdlib import below, table

_ASKED_OF_A_DATABASE = (
    "get_check_constraints get_columns get_foreign_keys get_indexes get_materialized_view_names get_multi_check_constraints"
    " get_multi_columns get_multi_foreign_keys get_multi_indexes get_multi_pk_constraint get_multi_unique_constraints"
    " get_pk_constraint get_schema_names get_sequence_names get_table_comment get_table_names get_table_options"
    " get_temp_table_names get_temp_view_names get_unique_constraints get_view_definition get_view_names has_index has_schema"
    " has_sequence has_table reflect_table"
)
_NUMPY_RANDOM = (
    "beta binomial bytes chisquare choice dirichlet exponential f gamma geometric gumbel hypergeometric laplace logistic"
    " lognormal logseries multinomial multivariate_normal negative_binomial noncentral_chisquare noncentral_f normal pareto"
    " permutation poisson power rand randint randn random random_integers random_sample ranf rayleigh sample seed shuffle"
    " standard_cauchy standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull"
    " zipf"
)

CALLS: dict[str, str] = table(
    db__read=" ".join(
        [
            below("flask_sqlalchemy.SQLAlchemy", "reflect paginate get_or_404 one_or_404 first_or_404"),
            below("sqlalchemy.inspect", _ASKED_OF_A_DATABASE),
            below("sqlalchemy.engine.reflection.Inspector", _ASKED_OF_A_DATABASE),
            below("sqlalchemy.Inspector", _ASKED_OF_A_DATABASE),
            "alembic.command.current alembic.command.check alembic.migration.MigrationContext.configure.get_current_revision",
            "alembic.runtime.migration.MigrationContext.configure.get_current_revision",
        ]
    ),
    db__write=" ".join(
        [
            "alembic.command.upgrade alembic.command.downgrade alembic.command.stamp alembic.command.ensure_version",
            "alembic.context.run_migrations alembic.context.execute",
            "flask_sqlalchemy.SQLAlchemy.create_all flask_sqlalchemy.SQLAlchemy.drop_all",
        ]
    ),
    db__transaction__begin="alembic.context.begin_transaction",
    clock="anyio.current_time trio.current_time prometheus_client.Gauge.set_to_current_time prometheus_client.Histogram.time",
    random=f"{below('numpy.random', _NUMPY_RANDOM)} numpy.random.RandomState",
    sleep="anyio.sleep_until anyio.sleep_forever trio.sleep_until trio.sleep_forever",
    network=" ".join(
        [
            below(
                "anyio",
                "connect_tcp connect_unix create_connected_udp_socket create_connected_unix_datagram_socket create_tcp_listener"
                " create_udp_socket create_unix_datagram_socket create_unix_listener getaddrinfo getnameinfo",
            ),
            below(
                "trio",
                "open_ssl_over_tcp_listeners open_ssl_over_tcp_stream open_tcp_listeners open_tcp_stream open_unix_socket"
                " serve_listeners serve_ssl_over_tcp serve_tcp socket.socket socket.getaddrinfo",
            ),
            "uvicorn.run uvicorn.main uvicorn.Server.run uvicorn.Server.serve urllib3.request httpcore.request httpcore.stream",
            below(
                "prometheus_client",
                "start_http_server start_wsgi_server push_to_gateway pushadd_to_gateway delete_from_gateway",
            ),
        ]
    ),
    filesystem__read=" ".join(
        [
            below("jinja2", "FileSystemLoader PackageLoader ModuleLoader"),
            below("jinja2.loaders", "FileSystemLoader PackageLoader ModuleLoader"),
            "starlette.responses.FileResponse fastapi.responses.FileResponse starlette.staticfiles.StaticFiles",
            "fastapi.staticfiles.StaticFiles starlette.templating.Jinja2Templates fastapi.templating.Jinja2Templates",
            "alembic.config.Config alembic.script.ScriptDirectory alembic.script.ScriptDirectory.from_config certifi.where",
            "alembic.command.heads alembic.command.history alembic.command.show alembic.command.branches certifi.contents",
            "sqlglot.executor.execute rich.progress.open numpy.ctypeslib.load_library",
            below("pathspec.PathSpec", "match_tree match_tree_entries match_tree_files"),
        ]
    ),
    filesystem__write=" ".join(
        [
            below("numpy.ndarray", "tofile dump"),
            "anyio.mkdtemp anyio.mkstemp anyio.TemporaryDirectory anyio.NamedTemporaryFile anyio.TemporaryFile",
            "jinja2.FileSystemBytecodeCache jinja2.bccache.FileSystemBytecodeCache prometheus_client.write_to_textfile",
            "alembic.command.revision alembic.command.merge alembic.command.init rich.console.Console.save_text",
            "rich.console.Console.save_html rich.console.Console.save_svg libcst.codemod.parallel_exec_transform_with_prettyprint",
        ]
    ),
    filesystem="anyio.open_file trio.open_file click.open_file",
    env=" ".join(
        [
            "starlette.config.Config starlette.config.Environ anyio.gettempdir anyio.gettempdirb pydantic_settings.BaseSettings",
            below("click", "prompt confirm getchar pause get_app_dir"),
            below(
                "packaging.tags",
                "sys_tags cpython_tags generic_tags mac_platforms platform_tags interpreter_name interpreter_version",
            ),
            "packaging.markers.default_environment packaging.markers.Marker.evaluate rich.console.Console.input",
            below("rich.prompt", "Prompt.ask Confirm.ask IntPrompt.ask FloatPrompt.ask"),
        ]
    ),
    process=" ".join(
        [
            "anyio.run_process anyio.open_process anyio.open_signal_receiver anyio.to_process.run_sync trio.run_process",
            "trio.lowlevel.open_process trio.open_signal_receiver click.edit click.launch click.echo_via_pager",
            "alembic.command.edit",
            "libcst.metadata.FullRepoManager libcst.metadata.TypeInferenceProvider rich.console.Console.pager",
        ]
    ),
)
"""Functions and classes with an effect, besides those of the catalogue."""

_JUDGED = (
    "aiosqlite alembic annotated_doc annotated_types anyio attr attrs certifi click fastapi flask_sqlalchemy greenlet h11"
    " httpcore httpx idna jinja2 libcst markdown_it markupsafe mdurl msgspec mypy_extensions numpy outcome packaging pathspec"
    " prometheus_client pydantic pydantic_core pygments requests rich sniffio sortedcontainers sqlalchemy sqlglot sqlmodel"
    " starlette tomlkit trio typing_extensions typing_inspection urllib3 uvicorn wsproto yaml"
)
JUDGED = frozenset(_JUDGED.split())
"""Packages that do nothing but what the catalogue names."""

_PRIVATE = "__future__ __main__ _typeshed _thread _weakref _collections_abc _socket _ssl _ctypes _io"
_OF_PYTHON = (
    frozenset(name.partition(".")[0] for name in (*stdlib.CALLS, *stdlib.RUNS_ANYTHING))
    | stdlib.WITHOUT_EFFECT
    | stdlib.ELSEWHERE
    | frozenset(_PRIVATE.split())
)


@cache
def is_judged(package: str) -> bool:
    """Whether what *package*, a name without dots, does is known: it is listed, or belongs to Python."""
    return package in JUDGED or package in _OF_PYTHON
