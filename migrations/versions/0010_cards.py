"""What a list tells of a place, as one view that reads few rows for each; the view that nothing read any more goes.

The path of a division is looked up level by level (there are four), which costs a quarter of a recursion.
"""

from importlib import import_module

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LEVEL = """
    LEFT JOIN LATERAL (
        SELECT v.name, v.parent_id FROM boundaries.division_version v
        WHERE v.division_id = v{under}.parent_id ORDER BY v.valid_from DESC LIMIT 1
    ) v{level} ON true
"""
CARD = f"""
    SELECT p.id AS place_id, n.text AS name, n.roman, n.status, p.class_label, c.code AS class_code,
           d.code AS division_code, coalesce(d.path, ARRAY[]::text[]) AS path,
           foundation.public_position(p.point) AS point
    FROM placenames.place p
    JOIN placenames.place_class c ON c.label = p.class_label
    CROSS JOIN LATERAL (
        -- The leading name: in use, standard first.
        SELECT n.text, n.roman, n.status FROM placenames.place_name n
        WHERE n.place_id = p.id AND placenames.is_public(n.status, p.secrecy, n.published_at)
        ORDER BY n.valid_to IS NOT NULL,
                 array_position(ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind),
                 n.valid_from DESC NULLS LAST, n.id
        LIMIT 1
    ) n
    LEFT JOIN LATERAL (
        SELECT v0.code, array_remove(ARRAY[v3.name, v2.name, v1.name, v0.name], NULL) AS path
        FROM (
            SELECT v.name, v.code, v.parent_id FROM boundaries.division_version v
            WHERE v.division_id = p.division_id ORDER BY v.valid_from DESC LIMIT 1
        ) v0
        {"".join(LEVEL.format(under=level - 1, level=level) for level in (1, 2, 3))}
        -- Kept whole: with these joins among its own a statement would have too many to put them in a good order.
        OFFSET 0
    ) d ON true
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW published.search_sound")
    op.execute(f"CREATE VIEW published.search_card AS {CARD}")
    op.execute("GRANT SELECT ON published.search_card TO diming_public")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW published.search_card")
    scale = import_module("migrations.versions.0008_scale")
    op.execute(f"CREATE VIEW published.search_sound AS {scale.VIEWS['search_sound']}")
    op.execute("GRANT SELECT ON published.search_sound TO diming_public")
