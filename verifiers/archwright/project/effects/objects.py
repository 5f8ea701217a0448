"""Objects with effects: the kinds of them, what gives them, and what their members do. Data only, by full dotted name."""

from __future__ import annotations

from archwright.project.effects.stdlib import below, table

_HTTP = "request get post put patch delete head options stream send"
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

OBJECTS: dict[str, str] = table(
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
    configuration="configparser.ConfigParser configparser.RawConfigParser",
    path="pathlib.Path pathlib.PosixPath pathlib.WindowsPath anyio.Path",
    http_client="httpx.Client httpx.AsyncClient requests.Session requests.session aiohttp.ClientSession urllib3.PoolManager",
    migration="alembic.op",
    remote=" ".join(
        [
            below("redis", "Redis StrictRedis RedisCluster from_url asyncio.Redis asyncio.from_url"),
            below("boto3", "client resource Session session.Session"),
            below("elasticsearch", "Elasticsearch AsyncElasticsearch"),
            "pymongo.MongoClient motor.motor_asyncio.AsyncIOMotorClient pymemcache.client.base.Client memcache.Client",
            "kafka.KafkaProducer kafka.KafkaConsumer confluent_kafka.Producer confluent_kafka.Consumer",
            "aiokafka.AIOKafkaProducer aiokafka.AIOKafkaConsumer pika.BlockingConnection paramiko.SSHClient",
            "openai.OpenAI openai.AsyncOpenAI anthropic.Anthropic anthropic.AsyncAnthropic google.cloud.storage.Client",
        ]
    ),
)
"""Kinds of objects by the classes and functions that give them."""

GIVES: dict[str, str] = table(
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
    path=below("path", _STAYS_PATH),
)
"""What members of an object are again such an object."""

MEMBERS: dict[str, str] = table(
    db__transaction__begin=(
        "session.begin connection.begin connection.begin_twophase engine.begin session_factory.begin dbapi.transaction dbapi.begin"
    ),
    db__transaction__commit="session.commit connection.commit transaction.commit dbapi.commit session.prepare",
    db__transaction__rollback="session.rollback connection.rollback transaction.rollback dbapi.rollback",
    db__transaction__savepoint="session.begin_nested connection.begin_nested dbapi.savepoint",
    db__flush="session.flush",
    db__write=" ".join(
        [
            below(
                "session",
                "add add_all delete merge bulk_save_objects bulk_insert_mappings bulk_update_mappings",
            ),
            "metadata.create_all metadata.drop_all",
            below(
                "migration",
                "create_table drop_table rename_table add_column drop_column alter_column create_index drop_index"
                " create_unique_constraint create_check_constraint create_foreign_key create_primary_key drop_constraint"
                " bulk_insert execute batch_alter_table",
            ),
            "dbapi.copy_records_to_table dbapi.copy_to_table cursor.copy_from",
        ]
    ),
    db__read="session.get session.get_one session.refresh session.query",
    network=below("http_client", _HTTP),
    filesystem__read="configuration.read "
    + below(
        "path",
        "read_text read_bytes exists is_file is_dir iterdir glob rglob stat lstat walk samefile is_symlink",
    ),
    env="path.cwd path.home path.expanduser",
    filesystem__write=below(
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
