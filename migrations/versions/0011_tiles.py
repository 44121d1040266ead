"""What a tile reads of the divisions: areas cut small, and every border once, drawn for each band of zooms."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

VIEWS = {
    "division_fill": "SELECT band, division_id, level, tint, geom FROM boundaries.division_fill",
    "division_line": "SELECT band, level, one_id, other_id, geom FROM boundaries.division_line",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    # No keys: areas.py alone writes these tables and can always write them anew. `band` is the band's first zoom.
    op.execute("""
        CREATE TABLE boundaries.division_fill (
            band        smallint NOT NULL,
            division_id bigint NOT NULL,
            level       text NOT NULL,
            tint        smallint NOT NULL,
            geom        geometry(MultiPolygon, 3857) NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE boundaries.division_line (
            band     smallint NOT NULL,
            level    text NOT NULL,
            one_id   bigint,
            other_id bigint,
            geom     geometry(LineString, 3857) NOT NULL
        )
    """)
    # tile.sql
    op.execute("CREATE INDEX ix_division_fill_tile ON boundaries.division_fill USING gist (band, geom)")
    op.execute("CREATE INDEX ix_division_line_tile ON boundaries.division_line USING gist (band, geom)")
    for view, question in VIEWS.items():
        op.execute(f"CREATE VIEW published.{view} AS {question}")
        op.execute(f"GRANT SELECT ON published.{view} TO diming_public")
    # Whoever migrates a register that holds areas cuts them before the service starts (processes.schema).
    op.execute("""
        INSERT INTO foundation.policy (name, value)
        SELECT 'to_draw', '0011' WHERE EXISTS (SELECT FROM boundaries.division_area)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM foundation.policy WHERE name = 'to_draw'")
    for view in VIEWS:
        op.execute(f"DROP VIEW published.{view}")
    op.execute("DROP TABLE boundaries.division_fill, boundaries.division_line")
