"""Published: plain views of what the public may see, and the role that can read nothing else."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Divisions are announced by law (Order 704 Art. 18) and therefore public whole; a place is public when one
# of its names is. Plain views without security_barrier: a barrier would keep conditions away from indexes.
VIEWS = {
    "division": "SELECT id FROM boundaries.division",
    "division_version": """
        SELECT id, division_id, code, code_system, name, level, type, parent_id, valid_from, from_precision,
               valid_to, to_precision, geom, source, note
        FROM boundaries.division_version""",
    "division_change": """
        SELECT id, date, date_precision, kind, instrument, source, note FROM boundaries.division_change""",
    "division_lineage": "SELECT from_version_id, to_version_id, change_id, relation FROM boundaries.division_lineage",
    "division_area": """
        SELECT version_id, min_zoom, max_zoom, level, tint, geom, label_point FROM boundaries.division_area""",
    "place_class": """
        SELECT label, code, attribute, verified, approval_category, spelling_kind FROM placenames.place_class""",
    "place_name": """
        SELECT n.id, n.place_id, n.text, n.specific, n.generic, n.readings, n.readings_certain, n.roman, n.plain,
               n.kind, n.status, n.valid_from, n.from_precision, n.valid_to, n.to_precision, n.source, n.instrument
        FROM placenames.place_name n JOIN placenames.place p ON p.id = n.place_id
        WHERE placenames.is_public(n.status, p.secrecy, n.published_at)""",
    "place": """
        SELECT p.id, p.class_label, p.division_id, p.own_division_id,
               foundation.public_position(p.geom) AS geom, foundation.public_position(p.point) AS point,
               p.location, p.rank, p.datum, p.source
        FROM placenames.place p
        WHERE EXISTS (SELECT FROM placenames.place_name n
                      WHERE n.place_id = p.id AND placenames.is_public(n.status, p.secrecy, n.published_at))""",
    "place_lineage": """
        SELECT l.from_place_id, l.to_place_id, l.date, l.date_precision, l.relation, l.instrument
        FROM placenames.place_lineage l
        JOIN placenames.search_place a ON a.place_id = l.from_place_id AND a.public
        JOIN placenames.search_place b ON b.place_id = l.to_place_id AND b.public""",
    "search_token": """
        SELECT id, place_id, name_id, text, shown, kind, pinyin, initials, grams, rank, divisions, valid_from,
               valid_to, inherited, current
        FROM placenames.search_token WHERE public""",
    "search_place": """
        SELECT place_id, name, roman, status, class_code, class_label, divisions, own_division_id, rank, point,
               valid_from, valid_to
        FROM placenames.search_place WHERE public""",
    "map_point": """
        SELECT place_id, min_zoom, zkey, rank, name, class_code, status, valid_from, valid_to, geom
        FROM placenames.map_point""",
    "policy": "SELECT name, value FROM foundation.policy WHERE name IN ('dataset')",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE SCHEMA published")
    for name, question in VIEWS.items():
        op.execute(f"CREATE VIEW published.{name} AS {question}")
    # A role belongs to the whole server: another register there may have made it already.
    op.execute("""
        DO $$ BEGIN
            CREATE ROLE diming_public NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END $$
    """)
    # The service's own connections take the role; from PostgreSQL 16 on even its maker must be given that.
    op.execute("""
        DO $$ BEGIN
            EXECUTE format('GRANT diming_public TO %I', current_user);
        EXCEPTION WHEN insufficient_privilege THEN
            IF NOT pg_has_role(current_user, 'diming_public', 'MEMBER') THEN
                RAISE;
            END IF;
        END $$
    """)
    op.execute("GRANT USAGE ON SCHEMA published TO diming_public")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA published TO diming_public")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA published CASCADE")
