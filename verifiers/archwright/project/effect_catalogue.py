"""The effect catalogue: which calls and names of the standard library and of common packages have which effect.

Data only, by full dotted name. Objects are told by what made them: ``create_engine(...)``, an annotation ``Engine`` and
``session.get_bind()`` all give an *engine*, and ``begin`` on an engine begins a transaction whoever holds it.
"""

from __future__ import annotations

from functools import cache

from archwright.project.effect_facts import Effect


def _table(**rows: str) -> dict[str, str]:
    """``effect="a b c"`` rows as name -> effect; ``__`` in a key stands for a dot."""
    return {name: key.replace("__", ".") for key, names in rows.items() for name in names.split()}


def _below(prefix: str, names: str) -> str:
    return " ".join(f"{prefix}.{name}" for name in names.split())


_HTTP = "request get post put patch delete head options stream send"
_OS_READ = "listdir scandir walk stat lstat access readlink path.exists path.isfile path.isdir path.getsize path.getmtime"
_OS_WRITE = (
    "remove unlink rename renames replace mkdir makedirs rmdir removedirs link symlink truncate chmod chown utime write"
    " fsync mkfifo sendfile"
)
_SUBPROCESS = "run call check_call check_output getoutput getstatusoutput Popen"
_RANDOM = (
    "random randint randrange choice choices sample shuffle uniform gauss normalvariate betavariate expovariate"
    " triangular lognormvariate vonmisesvariate gammavariate paretovariate weibullvariate binomialvariate getrandbits"
    " randbytes seed SystemRandom"
)
_SOCKET = "socket create_connection create_server getaddrinfo gethostbyname gethostbyaddr getfqdn"

CALLS: dict[str, str] = _table(
    clock=" ".join(
        [
            "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today",
            _below(
                "time",
                "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns thread_time"
                " clock_gettime",
            ),
            "pendulum.now pendulum.today arrow.now arrow.utcnow django.utils.timezone.now",
            _below(
                "sqlalchemy.func", "now current_timestamp clock_timestamp statement_timestamp localtimestamp"
            ),
            "asyncio.get_running_loop.time asyncio.get_event_loop.time",
            _below("pandas.Timestamp", "now utcnow today"),
        ]
    ),
    random=" ".join(
        [
            _below("random", _RANDOM),
            _below("secrets", "token_hex token_bytes token_urlsafe choice randbelow randbits SystemRandom"),
            _below(
                "numpy.random", "rand randn randint random choice shuffle permutation normal uniform seed"
            ),
            "uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 os.urandom os.getrandom",
            "sqlalchemy.func.random sqlalchemy.func.gen_random_uuid",
        ]
    ),
    sleep="time.sleep asyncio.sleep anyio.sleep trio.sleep gevent.sleep tenacity.retry backoff.on_exception backoff.on_predicate",
    network=" ".join(
        [
            _below("requests", "request get post put patch delete head options"),
            _below("httpx", "request get post put patch delete head options stream"),
            _below("socket", _SOCKET),
            "urllib.request.urlopen urllib.request.urlretrieve http.client.HTTPConnection http.client.HTTPSConnection",
            "asyncio.open_connection asyncio.start_server asyncio.open_unix_connection smtplib.SMTP smtplib.SMTP_SSL",
            "asyncpg.connect asyncpg.create_pool psycopg.connect psycopg2.connect pymysql.connect ftplib.FTP websockets.connect",
            "aiohttp.request boto3.client boto3.resource grpc.insecure_channel grpc.secure_channel",
        ]
    ),
    filesystem__read=" ".join(
        [
            _below("os", _OS_READ),
            "glob.glob glob.iglob linecache.getline filecmp.cmp sqlite3.connect aiosqlite.connect",
            _below("pandas", "read_csv read_json read_parquet read_excel read_pickle read_feather read_hdf"),
            _below("numpy", "load loadtxt genfromtxt fromfile memmap"),
        ]
    ),
    filesystem__write=" ".join(
        [
            _below("os", _OS_WRITE),
            _below(
                "shutil", "copy copy2 copyfile copyfileobj copytree move rmtree make_archive unpack_archive"
            ),
            _below(
                "tempfile",
                "mkdtemp mkstemp TemporaryDirectory NamedTemporaryFile TemporaryFile SpooledTemporaryFile",
            ),
            _below("numpy", "save savez savez_compressed savetxt"),
            "logging.FileHandler",
            _below("logging.handlers", "RotatingFileHandler TimedRotatingFileHandler WatchedFileHandler"),
        ]
    ),
    env=" ".join(
        [
            _below("os", "getenv getenvb putenv unsetenv getcwd getlogin getpid uname cpu_count"),
            _below("platform", "node platform system machine release version processor uname python_version"),
            "dotenv.load_dotenv dotenv.dotenv_values getpass.getuser",
        ]
    ),
    process=" ".join(
        [
            _below("subprocess", _SUBPROCESS),
            _below(
                "os",
                "system popen fork forkpty kill killpg abort _exit execv execve execl execlp execvp spawnl spawnv posix_spawn",
            ),
            "asyncio.create_subprocess_exec asyncio.create_subprocess_shell multiprocessing.Process multiprocessing.Pool",
            "concurrent.futures.ProcessPoolExecutor pty.spawn",
        ]
    ),
)
"""Functions by full name."""

DYNAMIC = frozenset(
    {"builtins.eval", "builtins.exec", "runpy.run_module", "runpy.run_path", "code.interact"}
    | {"importlib.import_module", "importlib.reload", "builtins.__import__", "importlib.__import__"}
)
"""Calls that run code nobody can see: it may have any effect. Those that import do so where the name is not known."""
IMPORTING = frozenset(name for name in DYNAMIC if "import" in name and name != "importlib.reload")

CALLS_ARGUMENT = frozenset(
    {"builtins.map", "builtins.filter", "collections.defaultdict", "itertools.starmap", "functools.reduce"}
)
"""Functions that call the class or function they are given first."""
ENTERS = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_context"}
    | {"contextlib.AsyncExitStack.enter_async_context"}
)
"""Functions that enter their argument as ``with`` does, and leave it later."""

REFERENCES: dict[str, str] = _table(env="os.environ os.environb")
"""Names that are an effect to touch at all, called or not."""

_STAYS_PATH = (
    "parent absolute resolve expanduser joinpath with_name with_suffix with_stem relative_to cwd home rename replace"
    " __truediv__ __rtruediv__ readlink"
)
_SESSION = (
    "sqlalchemy.orm.Session sqlalchemy.orm.session.Session sqlalchemy.orm.scoped_session sqlmodel.Session"
)
_ASYNC_SESSION = (
    "sqlalchemy.ext.asyncio.AsyncSession sqlalchemy.ext.asyncio.session.AsyncSession"
    " sqlalchemy.ext.asyncio.async_scoped_session sqlmodel.ext.asyncio.session.AsyncSession"
)

OBJECTS: dict[str, str] = _table(
    session=(
        f"{_SESSION} {_ASYNC_SESSION} sqlalchemy.orm.object_session sqlalchemy.ext.asyncio.async_object_session"
        " flask_sqlalchemy.SQLAlchemy.session"
    ),
    session_factory="sqlalchemy.orm.sessionmaker sqlalchemy.ext.asyncio.async_sessionmaker",
    connection=(
        "sqlalchemy.Connection sqlalchemy.engine.Connection sqlalchemy.engine.base.Connection"
        " sqlalchemy.ext.asyncio.AsyncConnection sqlalchemy.ext.asyncio.engine.AsyncConnection alembic.op.get_bind"
    ),
    engine=(
        "sqlalchemy.Engine sqlalchemy.engine.Engine sqlalchemy.engine.base.Engine sqlalchemy.create_engine"
        " sqlalchemy.engine.create_engine sqlalchemy.engine_from_config sqlalchemy.ext.asyncio.AsyncEngine"
        " sqlalchemy.ext.asyncio.engine.AsyncEngine sqlalchemy.ext.asyncio.create_async_engine"
        " sqlalchemy.ext.asyncio.async_engine_from_config sqlmodel.create_engine"
    ),
    transaction=(
        "sqlalchemy.Transaction sqlalchemy.engine.Transaction sqlalchemy.orm.SessionTransaction"
        " sqlalchemy.ext.asyncio.AsyncTransaction sqlalchemy.ext.asyncio.AsyncSessionTransaction"
    ),
    dbapi=(
        "sqlite3.connect sqlite3.Connection aiosqlite.connect aiosqlite.Connection aiosqlite.core.Connection psycopg.connect"
        " psycopg.Connection psycopg.AsyncConnection psycopg2.connect psycopg2.extensions.connection asyncpg.connect"
        " asyncpg.Connection asyncpg.connection.Connection"
    ),
    dbapi_pool="asyncpg.create_pool asyncpg.Pool asyncpg.pool.Pool",
    cursor="sqlite3.Cursor psycopg.Cursor psycopg2.extensions.cursor aiosqlite.Cursor",
    metadata="sqlalchemy.MetaData sqlalchemy.schema.MetaData",
    path="pathlib.Path pathlib.PosixPath pathlib.WindowsPath anyio.Path",
    http_client="httpx.Client httpx.AsyncClient requests.Session requests.session aiohttp.ClientSession urllib3.PoolManager",
    migration="alembic.op",
    remote=" ".join(
        [
            _below("redis", "Redis StrictRedis RedisCluster from_url asyncio.Redis asyncio.from_url"),
            _below("boto3", "client resource Session session.Session"),
            _below("elasticsearch", "Elasticsearch AsyncElasticsearch"),
            "pymongo.MongoClient motor.motor_asyncio.AsyncIOMotorClient pymemcache.client.base.Client memcache.Client",
            "kafka.KafkaProducer kafka.KafkaConsumer confluent_kafka.Producer confluent_kafka.Consumer",
            "aiokafka.AIOKafkaProducer aiokafka.AIOKafkaConsumer pika.BlockingConnection paramiko.SSHClient",
            "openai.OpenAI openai.AsyncOpenAI anthropic.Anthropic anthropic.AsyncAnthropic google.cloud.storage.Client",
        ]
    ),
)
"""Kinds of objects by the classes and functions that give them."""

GIVES: dict[str, str] = _table(
    session=(
        "session.__call__ session.sync_session session.execution_options session_factory.__call__ session_factory.begin"
        " transaction.session"
    ),
    session_factory="session_factory.configure",
    connection=(
        "session.connection engine.begin engine.connect engine.execution_options.connect connection.execution_options"
        " connection.sync_connection connection.get_raw_connection.driver_connection"
    ),
    engine="session.bind session.get_bind engine.execution_options engine.sync_engine connection.engine",
    transaction=(
        "session.begin session.begin_nested session.get_transaction session.get_nested_transaction connection.begin"
        " connection.begin_nested connection.get_transaction connection.get_nested_transaction"
        " dbapi.transaction"
    ),
    dbapi="engine.raw_connection connection.connection dbapi_pool.acquire dbapi.__call__",
    cursor="dbapi.cursor cursor.execute",
    path=_below("path", _STAYS_PATH),
)
"""What members of an object are again such an object."""

MEMBERS: dict[str, str] = _table(
    db__transaction__begin=(
        "session.begin connection.begin connection.begin_twophase engine.begin session_factory.begin dbapi.transaction dbapi.begin"
    ),
    db__transaction__commit="session.commit connection.commit transaction.commit dbapi.commit session.prepare",
    db__transaction__rollback="session.rollback connection.rollback transaction.rollback dbapi.rollback",
    db__transaction__savepoint="session.begin_nested connection.begin_nested dbapi.savepoint",
    db__flush="session.flush",
    db__write=" ".join(
        [
            _below(
                "session",
                "add add_all delete merge bulk_save_objects bulk_insert_mappings bulk_update_mappings",
            ),
            "metadata.create_all metadata.drop_all",
            _below(
                "migration",
                "create_table drop_table rename_table add_column drop_column alter_column create_index drop_index"
                " create_unique_constraint create_check_constraint create_foreign_key create_primary_key drop_constraint"
                " bulk_insert execute batch_alter_table",
            ),
            "dbapi.copy_records_to_table dbapi.copy_to_table cursor.copy_from",
        ]
    ),
    db__read="session.get session.get_one session.refresh session.query",
    network=_below("http_client", _HTTP),
    filesystem__read=_below(
        "path",
        "cwd home read_text read_bytes exists is_file is_dir iterdir glob rglob stat lstat walk samefile is_symlink",
    ),
    filesystem__write=_below(
        "path",
        "write_text write_bytes unlink mkdir rmdir touch rename replace chmod symlink_to hardlink_to",
    ),
)
"""Members by kind of object."""

STATEMENTS = frozenset(
    [
        "session.execute",
        "session.scalar",
        "session.scalars",
        "session.stream",
        "session.stream_scalars",
        "session.exec",
        "connection.execute",
        "connection.scalar",
        "connection.scalars",
        "connection.stream",
        "connection.stream_scalars",
        "connection.exec_driver_sql",
        "dbapi.execute",
        "dbapi.executemany",
        "dbapi.executescript",
        "dbapi.fetch",
        "dbapi.fetchrow",
        "dbapi.fetchval",
        "dbapi_pool.execute",
        "dbapi_pool.fetch",
        "dbapi_pool.fetchrow",
        "dbapi_pool.fetchval",
        "cursor.execute",
        "cursor.executemany",
        "cursor.executescript",
    ]
)
"""Members that run the statement they are given first."""

BUILDERS: dict[str, str] = _table(
    select=(
        "sqlalchemy.select sqlalchemy.sql.select sqlalchemy.sql.expression.select sqlalchemy.future.select sqlmodel.select"
        " sqlalchemy.Select sqlalchemy.sql.Select sqlalchemy.sql.expression.Select sqlalchemy.union sqlalchemy.union_all"
        " sqlalchemy.CompoundSelect sqlalchemy.exists sqlalchemy.values"
    ),
    insert=(
        "sqlalchemy.insert sqlalchemy.sql.insert sqlalchemy.Insert sqlalchemy.dialects.postgresql.insert"
        " sqlalchemy.dialects.sqlite.insert sqlalchemy.dialects.mysql.insert sqlalchemy.dialects.postgresql.Insert"
        " sqlalchemy.dialects.sqlite.Insert"
    ),
    update="sqlalchemy.update sqlalchemy.sql.update sqlalchemy.Update sqlmodel.update",
    delete="sqlalchemy.delete sqlalchemy.sql.delete sqlalchemy.Delete sqlmodel.delete",
    text="sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text sqlalchemy.TextClause sqlalchemy.DDL",
)
"""What builds SQL statements, and of which kind."""

TELLING: dict[str, str] = _table(
    db__transaction__begin="begin",
    db__transaction__commit="commit",
    db__transaction__rollback="rollback",
    db__transaction__savepoint="begin_nested",
    db__lock="with_for_update",
    clock="utcnow",
    filesystem__read="read_text read_bytes",
    filesystem__write="write_text write_bytes unlink mkdir rmdir",
)
"""Names that say what they do on whatever object: there, the effect is possible and nothing is decided."""
TELLING_STATEMENTS = frozenset(["execute", "executemany", "exec_driver_sql", "scalars", "stream_scalars"])

HAND_OFF = frozenset(
    [
        "asyncio.to_thread",
        "anyio.to_thread.run_sync",
        "starlette.concurrency.run_in_threadpool",
        "fastapi.concurrency.run_in_threadpool",
        "asgiref.sync.sync_to_async",
    ]
)
"""What runs a function on another thread."""
HAND_OFF_MEMBERS = frozenset({"run_in_executor", "submit"})

_ASYNC_ROOTS = (
    "asyncio.",
    "anyio.",
    "trio.",
    "aiohttp.",
    "aiokafka.",
    "asyncpg.",
    "aiosqlite.",
    "motor.",
    "redis.asyncio.",
    "websockets.",
)
_ASYNC_MAKERS = (
    "anthropic.AsyncAnthropic",
    "elasticsearch.AsyncElasticsearch",
    "openai.AsyncOpenAI",
    "sqlalchemy.ext.asyncio.",
    "httpx.AsyncClient",
    "sqlmodel.ext.asyncio.",
    "psycopg.AsyncConnection",
)
_BLOCKS = ("sleep", "network", "process", "db", "filesystem")


def object_kind(name: str) -> str:
    """The kind of object that the external *name* stands for; empty when it is none of ``OBJECTS``."""
    kind, rest = _split(name)
    return "" if rest else kind


def member(name: str) -> str:
    """``kind.member`` for a member of a known object, e.g. ``session.commit``; empty for anything else."""
    owner, _, last = name.rpartition(".")
    kind = object_kind(owner) if owner else ""
    return f"{kind}.{last}" if kind else ""


def effects_of_members(name: str) -> tuple[str, ...]:
    """All effects that members of the object which the external *name* stands for can have, sorted."""
    kind = object_kind(name)
    own = {effect for key, effect in MEMBERS.items() if kind and key.startswith(f"{kind}.")}
    statements = {"db.read", "db.write"} if any(key.startswith(f"{kind}.") for key in STATEMENTS) else set()
    return tuple(sorted(own | (statements if kind else set())))


def called_effect(name: str) -> Effect | None:
    """What calling the external *name* does, arguments aside."""
    effect = MEMBERS.get(member(name)) or CALLS.get(name)
    if effect is None and _split(name)[0] == "remote" and _split(name)[1]:
        effect = "network"  # whatever one asks such a client, it asks somebody else
    if effect is None and name.endswith((".update", ".delete")):
        kind, rest = _split(name.rpartition(".")[0])
        # The query interface of a session: ``session.query(Model).filter(...).delete()``.
        effect = "db.write" if kind == "session" and rest.split(".")[0] == "query" else None
    return Effect(effect) if effect else None


def statement_kind(name: str) -> str:
    """Which kind of SQL statement the external *name* is or is built from; empty when it is none."""
    parts = name.split(".")
    for end in range(len(parts), 1, -1):
        kind = BUILDERS.get(".".join(parts[:end]))
        if kind:
            return kind
    return ""


def is_opaque(name: str) -> bool:
    """Whether the object that the external *name* is taken from is of a type nobody knows: what a foreign function gave."""
    owner = name.rpartition(".")[0]
    last = owner.rpartition(".")[2]
    return (
        bool(owner)
        and not last[:1].isupper()
        and not f"{owner}.".startswith("builtins.")
        and not object_kind(owner)
    )


def blocks(name: str, effect: str) -> bool:
    """Whether calling the external *name*, which has *effect*, holds up the calling thread."""
    if name.startswith(_ASYNC_ROOTS) or name.startswith(_ASYNC_MAKERS):
        return False
    return effect.partition(".")[0] in _BLOCKS and not name.startswith(("tenacity.", "backoff."))


@cache
def _split(name: str) -> tuple[str, str]:
    """The kind of object at the beginning of *name* and what is left of it after following members."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        kind = OBJECTS.get(".".join(parts[:end]))
        if kind is None:
            continue
        for index in range(end, len(parts)):
            following = GIVES.get(f"{kind}.{parts[index]}")
            if following is None:
                return kind, ".".join(parts[index:])
            kind = following
        return kind, ""
    return "", name
