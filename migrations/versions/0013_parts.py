"""Search within a class or a box: the classes of a form's places as bits, the cell of each place among its terms.

What search derives is emptied here, and whoever migrates a register derives it again (see 0008).
"""

from importlib import import_module

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EARLIER = import_module("migrations.versions.0009_search").VIEWS
TOKENS = import_module("migrations.versions.0008_scale").VIEWS["search_token"]
CLASSES = """
    SELECT label, code, attribute, verified, approval_category, spelling_kind FROM placenames.place_class"""
VIEWS = {
    "search_form": """
        SELECT f.id, f.text, f.grams, f.rank, f.classes FROM placenames.search_form f WHERE f.rank IS NOT NULL""",
    "search_spoken": """
        SELECT s.form_id, f.text, s.pinyin, s.initials, s.rank, f.classes
        FROM placenames.search_sound s JOIN placenames.search_form f ON f.id = s.form_id WHERE s.rank IS NOT NULL""",
    "search_row": """
        SELECT t.place_id, t.name_id, t.form_id, t.rank, t.terms, t.valid_from, t.valid_to, t.inherited, t.current
        FROM placenames.search_token t WHERE t.public""",
}
DERIVED = ", ".join(
    f"placenames.{table}"
    for table in ("search_form", "search_sound", "search_token", "search_hot", "search_top", "map_point")
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute(f"TRUNCATE {DERIVED}")
    # Which bit stands for a class in the mask of a form: always the same one, whichever classes there are.
    op.execute("""
        CREATE FUNCTION placenames.class_bit(label text) RETURNS bigint
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS $$SELECT 1::bigint << ((('x' || left(md5(label), 8))::bit(32)::bigint % 63)::integer)$$
    """)
    # Cells of a fifth of a degree, numbered from the south-west; smaller than the code of any pair of characters.
    op.execute("""
        CREATE FUNCTION placenames.cell(place geometry) RETURNS integer
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS $$SELECT floor((ST_Y(place) + 90) * 5)::integer * 1800 + floor((ST_X(place) + 180) * 5)::integer$$
    """)
    op.execute("GRANT EXECUTE ON FUNCTION placenames.class_bit(text) TO diming_public")
    # What a question of codes read of it is in `search_row` as well.
    for view in ("search_token", *VIEWS):
        op.execute(f"DROP VIEW published.{view}")
    op.execute("ALTER TABLE placenames.search_form ADD COLUMN classes bigint NOT NULL DEFAULT 0")
    # Nothing asked for it: the terms name the divisions.
    op.execute("ALTER TABLE placenames.search_token DROP COLUMN division_id")
    _make(VIEWS)
    op.execute("DROP VIEW published.place_class")
    op.execute(f"""
        CREATE VIEW published.place_class AS
        SELECT c.*, placenames.class_bit(c.label) AS bit FROM ({CLASSES}) c
    """)
    op.execute("GRANT SELECT ON published.place_class TO diming_public")
    _to_derive(revision)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"TRUNCATE {DERIVED}")
    _to_derive(down_revision)
    for view in VIEWS:
        op.execute(f"DROP VIEW published.{view}")
    op.execute("DROP VIEW published.place_class")
    op.execute("ALTER TABLE placenames.search_form DROP COLUMN classes")
    op.execute("ALTER TABLE placenames.search_token ADD COLUMN division_id bigint")
    _make({"search_token": TOKENS, **{view: EARLIER[view] for view in VIEWS}})
    op.execute(f"CREATE VIEW published.place_class AS {CLASSES}")
    op.execute("GRANT SELECT ON published.place_class TO diming_public")
    op.execute("DROP FUNCTION placenames.cell(geometry)")
    op.execute("DROP FUNCTION placenames.class_bit(text)")


def _to_derive(named: str) -> None:
    # A load that stood behind its rows derives everything once more.
    op.execute("""
        UPDATE foundation.bulk_load SET phase = 'forms listed', done = 0
        WHERE phase NOT IN ('rows', 'indexes', 'forms listed', 'done')
    """)
    op.execute(f"""
        INSERT INTO foundation.policy (name, value)
        SELECT 'to_derive', '{named}' WHERE EXISTS (SELECT FROM placenames.place)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
    """)


def _make(views: dict[str, str]) -> None:
    for view, select in views.items():
        op.execute(f"CREATE VIEW published.{view} AS {select}")
        op.execute(f"GRANT SELECT ON published.{view} TO diming_public")
