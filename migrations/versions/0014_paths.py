"""The divisions above a division, written down once: each entry of a list asked for them level by level.

A division's path changes with every version of it or of one above it, whoever writes that: a trigger keeps it.
The view of list entries tells its leading name by number, so that a match by it need not be looked up again, and
one function writes an entry for every question that tells some.
"""

from importlib import import_module

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LEVEL = """
    LEFT JOIN LATERAL (
        SELECT v.name, v.parent_id FROM boundaries.division_version v
        WHERE v.division_id = v{under}.parent_id AND (v0.valid_to IS NULL OR v.valid_from < v0.valid_to)
        ORDER BY v.valid_from DESC LIMIT 1
    ) v{level} ON true
"""
# By the latest version of each: those of today, and of divisions that are no more those of their last day.
PATHS = f"""
    CREATE FUNCTION boundaries.paths_of(divisions bigint[]) RETURNS TABLE (division_id bigint, code text, path text[])
    LANGUAGE sql STABLE AS $$
        SELECT v0.division_id, v0.code, array_remove(ARRAY[v3.name, v2.name, v1.name, v0.name], NULL)
        FROM (
            SELECT DISTINCT ON (v.division_id) v.division_id, v.code, v.name, v.parent_id, v.valid_to
            FROM boundaries.division_version v WHERE v.division_id = ANY (divisions)
            ORDER BY v.division_id, v.valid_from DESC
        ) v0
        {"".join(LEVEL.format(under=level - 1, level=level) for level in (1, 2, 3))}
    $$
"""
WRITE = """
    CREATE FUNCTION boundaries.write_paths() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- One after the other: each must see what the one before wrote above or below its own divisions.
        PERFORM pg_advisory_xact_lock(hashtext('boundaries.division_path'));
        DELETE FROM boundaries.division_path p USING changed c
        WHERE p.division_id = c.division_id AND NOT EXISTS (
            SELECT FROM boundaries.division_version v WHERE v.division_id = c.division_id);
        INSERT INTO boundaries.division_path (division_id, code, path)
        SELECT * FROM boundaries.paths_of(ARRAY(
            WITH RECURSIVE touched (division_id) AS (
                SELECT division_id FROM changed
                UNION
                SELECT v.division_id FROM touched t JOIN boundaries.division_version v ON v.parent_id = t.division_id
            )
            SELECT division_id FROM touched
        ))
        ON CONFLICT (division_id) DO UPDATE SET code = excluded.code, path = excluded.path
        WHERE (division_path.code, division_path.path) IS DISTINCT FROM (excluded.code, excluded.path);
        RETURN NULL;
    END $$
"""
# A version may be given to another division: the one that lost it is looked at as well.
TRIGGERS = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
CARD = """
    SELECT p.id AS place_id, n.text AS name, n.roman, n.status, p.class_label, c.code AS class_code,
           d.code AS division_code, coalesce(d.path, ARRAY[]::text[]) AS path,
           foundation.public_position(p.point) AS point, n.id AS name_id, n.kind
    FROM placenames.place p
    JOIN placenames.place_class c ON c.label = p.class_label
    CROSS JOIN LATERAL (
        -- The leading name: in use, standard first.
        SELECT n.id, n.text, n.roman, n.status, n.kind FROM placenames.place_name n
        WHERE n.place_id = p.id AND placenames.is_public(n.status, p.secrecy, n.published_at)
        ORDER BY n.valid_to IS NOT NULL,
                 array_position(ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind),
                 n.valid_from DESC NULLS LAST, n.id
        LIMIT 1
    ) n
    LEFT JOIN boundaries.division_path d ON d.division_id = p.division_id
"""

# One entry of a list as CONTRACT §2 writes it; a query takes it apart, so that it costs what its parts cost.
ENTRY = """
    CREATE FUNCTION published.entry(
        id bigint, name text, roman text, matched text, kind text, tier text, class_code text, class_label text,
        division_code text, path text[], status text,
        lon double precision, lat double precision, metres double precision
    ) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT json_build_object(
            'id', id::text, 'name', name, 'roman', roman,
            'matched', json_build_object('text', matched, 'kind', kind, 'tier', tier),
            'class', json_build_object('code', class_code, 'label', class_label),
            'division', json_build_object('code', division_code, 'path', path),
            'status', status, 'heritage', false,
            'lon', round(lon::numeric, 7)::double precision, 'lat', round(lat::numeric, 7)::double precision,
            'distance_m', round(metres)::integer
        )
    $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE boundaries.division_path (
            division_id bigint CONSTRAINT pk_division_path PRIMARY KEY
                CONSTRAINT fk_division_path_division_id_division REFERENCES boundaries.division ON DELETE CASCADE,
            code        text COLLATE "C" NOT NULL,
            path        text[] NOT NULL
        )
    """)
    op.execute(PATHS)
    # Nothing is written between this and the triggers.
    op.execute("LOCK TABLE boundaries.division_version IN SHARE ROW EXCLUSIVE MODE")
    op.execute("""
        INSERT INTO boundaries.division_path (division_id, code, path)
        SELECT * FROM boundaries.paths_of(ARRAY(SELECT id FROM boundaries.division))
    """)
    op.execute(WRITE)
    for act, rows in TRIGGERS:
        op.execute(f"""
            CREATE TRIGGER write_paths_{act.lower()}_{rows.lower()} AFTER {act} ON boundaries.division_version
            REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION boundaries.write_paths()
        """)
    _make(CARD)
    op.execute(ENTRY)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION published.entry")
    _make(import_module("migrations.versions.0010_cards").CARD)
    for act, rows in TRIGGERS:
        op.execute(f"DROP TRIGGER write_paths_{act.lower()}_{rows.lower()} ON boundaries.division_version")
    op.execute("DROP FUNCTION boundaries.write_paths()")
    op.execute("DROP FUNCTION boundaries.paths_of(bigint[])")
    op.execute("DROP TABLE boundaries.division_path")


def _make(card: str) -> None:
    op.execute("DROP VIEW published.search_card")
    op.execute(f"CREATE VIEW published.search_card AS {card}")
    op.execute("GRANT SELECT ON published.search_card TO diming_public")
