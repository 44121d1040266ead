"""How Alembic reaches the register: one transaction for all steps, and a lock so that two never migrate at once."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from foundation.database import make_engine, owner_address
from processes.models import metadata

MIGRATION_LOCK = 0x6D696772
OURS = {"foundation", "boundaries", "placenames", "public"}
VERSION_TABLE_SCHEMA = "public"


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Compare our own schemas only; what belongs to PostGIS and to the queue is theirs."""
    if kind == "schema":
        return name in OURS - {"public"}
    return not (kind == "table" and parents.get("schema_name") in {None, "public"})


def run(connection: Connection) -> None:
    """Migrate, or compare, on the given connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=include_name,
        compare_type=True,
        transaction_per_migration=False,
        version_table_schema=VERSION_TABLE_SCHEMA,
    )
    with context.begin_transaction():
        # Another migration may take long: wait for it. Each step then sets its own short limit for tables.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = make_engine(owner_address())
    with engine.connect() as connection:
        run(connection)
    engine.dispose()
