"""Brings a database to the schema of this release, or says in one line why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from boundaries.divisions import areas
from foundation import bulk
from foundation.database import PUBLIC_ROLE, make_engine, with_driver
from foundation.errors import Refused, Unavailable
from foundation.settings import PROJECT, settings
from placenames.search import index
from processes import shipped
from processes.edge import writing

POSTGRESQL = 150000
POSTGIS = (3, 3)
POLICY_LOCK = 0x706F6C
EXTENSIONS = ("postgis", "btree_gist")
Tell = Callable[[str], None]
# Written by a migration that makes derived tables anew: those of search and places, or those of the divisions.
_TO_DERIVE = text("SELECT count(*) FROM foundation.policy WHERE name IN ('to_derive', 'to_draw')")
_DRAWN = text("DELETE FROM foundation.policy WHERE name = 'to_draw' RETURNING value")
_POSITIONS_CHANGED = text("""
    INSERT INTO foundation.policy (name, value)
    SELECT 'to_derive', 'public_decimals' WHERE :known IS NOT NULL AND EXISTS (SELECT FROM placenames.place)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
""")
# A load that was broken off has written points with the old one already.
_LOAD_AGAIN = text("""
    UPDATE foundation.bulk_load SET phase = 'forms listed', done = 0
    WHERE phase NOT IN ('rows', 'indexes', 'forms listed', 'done')
""")
_DERIVED = text("DELETE FROM foundation.policy WHERE name = 'to_derive' RETURNING value")


def check_server(address: str) -> None:
    """Raise in one line, with the remedy, where the database cannot carry the register.

    Raises `Unavailable` when it does not answer, `Refused` when it is too old, lacks PostGIS or rights.
    """
    address = with_driver(address)
    shown = make_url(address).render_as_string(hide_password=True)
    engine = create_engine(address, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            _check_versions(connection)
            _check_rights(connection)
    except OperationalError as error:
        why = str(error.orig).strip().splitlines()[0] if error.orig else ""
        raise Unavailable(
            f"连接不上数据库 {shown}({why})。",
            remedy="请核对 DATABASE_URL 的地址、用户名和密码,并确认数据库已启动。",
        ) from None
    finally:
        engine.dispose()


def _check_versions(connection: Connection) -> None:
    number = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if number < POSTGRESQL:
        raise Refused(
            f"数据库版本太旧:PostgreSQL {number // 10000},需要 15 或更新。", remedy="请升级数据库,或换用另一台。"
        )
    question = text(
        "SELECT name, coalesce(installed_version, default_version) AS version FROM pg_available_extensions"
        " WHERE name = ANY(:names)"
    )
    offered = {row.name: row.version for row in connection.execute(question, {"names": list(EXTENSIONS)})}
    if "postgis" not in offered:
        raise Refused(
            "这个数据库没有 PostGIS。",
            remedy="请在数据库服务器上安装 PostGIS 3.3 或更新(Debian:apt install postgresql-15-postgis-3)。",
        )
    version = tuple(int(part) for part in re.findall(r"\d+", offered["postgis"])[:2])
    if version < POSTGIS:
        raise Refused(f"PostGIS 版本太旧:{offered['postgis']},需要 3.3 或更新。", remedy="请升级 PostGIS。")
    if "btree_gist" not in offered:
        raise Refused("这个数据库缺少扩展 btree_gist。", remedy="请安装 postgresql-contrib。")


def _check_rights(connection: Connection) -> None:
    if connection.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL")):
        owner = connection.scalar(text(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class"
            " WHERE oid = to_regclass('public.alembic_version')"
        ))  # fmt: skip
        if not owner:
            raise Refused("当前数据库用户不是本登记库的所有者。", remedy="请在 DATABASE_URL 中改用建库时的用户。")
        return
    rights = connection.execute(text(
        "SELECT has_database_privilege(current_database(), 'CREATE') AS can_create,"
        " (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS can_role,"
        " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super,"
        " has_schema_privilege('public', 'CREATE') AS can_public,"
        " (SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = :role) AS may_be_public,"
        " ARRAY(SELECT extname::text FROM pg_extension WHERE extname = ANY(:names)) AS there"
    ), {"names": list(EXTENSIONS), "role": PUBLIC_ROLE}).one()  # fmt: skip
    missing = []
    if not (rights.can_create and rights.can_public):
        missing.append("在该库建立模式(GRANT CREATE ON DATABASE …;GRANT CREATE ON SCHEMA public …)")
    if "postgis" not in rights.there and not rights.super:
        missing.append("安装 PostGIS 扩展(请管理员在该库执行 CREATE EXTENSION postgis;)")
    if not rights.can_role and not rights.may_be_public:
        missing.append("建立角色(请管理员执行 CREATE ROLE diming_public; 并授予本用户)")
    if missing:
        raise Refused("当前数据库用户权限不足,还不能:" + ";".join(missing) + "。", remedy="授权后请再试一次。")


def _alembic(connection: Connection) -> Config:
    config = Config(str(PROJECT / "alembic.ini"))
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.set_main_option("version_locations", str(PROJECT / "migrations" / "versions"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision of this release, read from the file names (cheap: no migration is imported)."""
    return max(path.stem.split("_")[0] for path in Path(PROJECT / "migrations" / "versions").glob("[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision that the database has, or None where the register was never made."""
    if not connection.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL")):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM public.alembic_version"))
    return revision


def migrate(address: str, say: Tell, backup: Callable[[], None] | None = None) -> None:
    """Bring the database to this release's schema in one transaction; a register with data is backed up first.

    Raises `Refused` where the database is newer than this release.
    """
    engine, upgraded = make_engine(address), False
    try:
        with engine.connect() as connection:
            have = current(connection)
            if have == head():
                _write_policy(connection)
                shipped.bring(engine)
                connection.rollback()
                _derive(engine, say)
                return
            if have is not None and have not in _known_revisions(connection):
                raise Refused(f"数据库结构(版本 {have})比本程序新。", remedy="请改用较新的程序版本,不要用旧程序打开。")
            holds_data = have is not None and bool(
                connection.scalar(text("SELECT EXISTS (SELECT FROM foundation.journal)"))
            )
        if holds_data and backup is not None:
            say("升级前先备份……")
            backup()
        say(f"建立或升级数据库结构({have or '新库'} → {head()})……")
        with engine.connect() as connection:
            command.upgrade(_alembic(connection), "head")
            connection.commit()
            _write_policy(connection)
        shipped.bring(engine)
        upgraded = True
        _derive(engine, say)
    except DBAPIError as error:
        why = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        what = "检索与地图数据没有建成,再次启动会重做" if upgraded else "数据库结构升级失败,已全部撤回"
        raise Refused(f"{what}:{why}", remedy="请把这一行告诉维护人员。") from error
    finally:
        engine.dispose()


def _derive(engine: Engine, say: Tell) -> None:
    """Write derived data where a migration made their tables anew; its mark goes with the transaction that does."""
    with engine.connect() as connection:
        if not connection.scalar(_TO_DERIVE):
            return
    say("正在重建检索与地图数据(时间与地名数量成正比,中断后再次启动会重做)……")
    with writing(engine, long=True) as session:
        if session.scalar(_DRAWN) is not None:
            areas.rebuild(session)
    with writing(engine, long=True) as session:
        if session.scalar(_DERIVED) is not None and bulk.unfinished(session) is None:
            bulk.make_room(session)
            index.rebuild(session)


def _known_revisions(connection: Connection) -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_alembic(connection)).walk_revisions()}


def _write_policy(connection: Connection) -> None:
    """Give the database the one setting that its own views need: how precisely the public sees a position."""
    decimals = int(settings().public_decimals)
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POLICY_LOCK})
    known = connection.scalar(text("SELECT value FROM foundation.policy WHERE name = 'public_decimals'"))
    if known != str(decimals):
        connection.execute(text(
            "CREATE OR REPLACE FUNCTION foundation.public_position(place geometry) RETURNS geometry LANGUAGE sql"
            f" IMMUTABLE PARALLEL SAFE AS 'SELECT ST_SnapToGrid(place, 1e-{decimals})'"
        ))  # fmt: skip
        connection.execute(
            text("INSERT INTO foundation.policy (name, value) VALUES ('public_decimals', :value)"
                 " ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
            {"value": str(decimals)},
        )  # fmt: skip
        # What was derived with the old one would show more, or elsewhere.
        connection.execute(_POSITIONS_CHANGED, {"known": known})
        connection.execute(_LOAD_AGAIN)
    connection.commit()


def downgrade(address: str, revision: str) -> None:
    """Take the schema back to a revision; for tests of the migrations only."""
    engine = make_engine(address)
    with engine.connect() as connection:
        command.downgrade(_alembic(connection), revision)
        connection.commit()
    engine.dispose()


def differences(address: str) -> None:
    """Raise where the models and the migrated schema are not the same (`alembic check`)."""
    engine = make_engine(address)
    with engine.connect() as connection:
        command.check(_alembic(connection))
    engine.dispose()
