"""Reads what Alembic does not compare: constraints, triggers, functions, partial indexes, views and rights, as text."""

from __future__ import annotations

import re

from sqlalchemy import Connection

OURS = "('foundation', 'boundaries', 'placenames', 'published')"

# heading → question with two columns: what it is, how it is defined
QUESTIONS = {
    "schemas and extensions": f"""
        SELECT 'schema ' || nspname, '' FROM pg_namespace WHERE nspname IN {OURS} OR nspname = 'jobs'
        UNION ALL SELECT 'extension ' || extname, '' FROM pg_extension""",
    "columns that are more than name and type": f"""
        SELECT n.nspname || '.' || c.relname || '.' || attname,
               concat_ws(' ', CASE attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity default' END,
                         'default ' || pg_get_expr(adbin, adrelid), 'collate ' || nullif(collname, 'default'))
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid AND relkind = 'r'
        JOIN pg_namespace n ON n.oid = relnamespace AND n.nspname IN {OURS}
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        LEFT JOIN pg_collation k ON k.oid = attcollation
        WHERE attnum > 0 AND (attidentity <> '' OR atthasdef OR collname <> 'default')""",
    "constraints": f"""
        SELECT n.nspname || '.' || relname || ' ' || conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN {OURS}""",
    "indexes": f"SELECT schemaname || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname IN {OURS}",
    "triggers": f"""
        SELECT n.nspname || '.' || relname || ' ' || tgname, pg_get_triggerdef(t.oid) || ' enabled ' || tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
        JOIN pg_namespace n ON n.oid = relnamespace AND n.nspname IN {OURS} WHERE NOT tgisinternal""",
    "functions": f"""
        SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace AND n.nspname IN {OURS}""",
    "views": f"""
        SELECT c.oid::regclass::text || coalesce(' with ' || reloptions::text, ''), pg_get_viewdef(c.oid)
        FROM pg_class c WHERE relkind = 'v' AND relnamespace::regnamespace::text IN {OURS}""",
    "rights of the public": f"""
        SELECT kind || ' ' || name, string_agg(right_, ', ' ORDER BY right_) FROM (
            SELECT 'schema' AS kind, nspname::text AS name, privilege_type AS right_, grantee
            FROM pg_namespace, aclexplode(nspacl) WHERE nspname IN {OURS} OR nspname IN ('jobs', 'public')
            UNION ALL
            SELECT 'relation', c.oid::regclass::text, privilege_type, grantee
            FROM pg_class c, aclexplode(relacl) WHERE relnamespace NOT IN
                ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            UNION ALL
            SELECT 'function', p.oid::regprocedure::text, privilege_type, grantee
            FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace AND n.nspname IN {OURS},
                 aclexplode(proacl)
        ) given WHERE grantee IN (0, 'diming_public'::regrole) GROUP BY 1""",
}


def catalogue(connection: Connection) -> str:
    """The catalogue of the register as a text that can be read and compared line by line."""
    lines = []
    for heading, question in QUESTIONS.items():
        lines.append(f"\n## {heading}")
        for what, definition in sorted(tuple(row) for row in connection.exec_driver_sql(question)):
            told = re.sub(r"[ \t]+\n", "\n", definition.strip())
            lines.append(f"{what}\n{_indented(told)}" if "\n" in told else f"{what}: {told}".removesuffix(": "))
    return "\n".join(lines).strip() + "\n"


def _indented(told: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in told.splitlines())
