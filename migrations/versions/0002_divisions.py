"""Divisions: permanent units, their versions in time, the changes between them, and the areas the map draws."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute("CREATE SCHEMA boundaries")
    op.execute("""
        CREATE TABLE boundaries.division (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_division PRIMARY KEY
        )
    """)
    op.execute("""
        CREATE TABLE boundaries.division_version (
            id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_division_version PRIMARY KEY,
            division_id    bigint NOT NULL
                CONSTRAINT fk_division_version_division_id_division REFERENCES boundaries.division,
            code           text COLLATE "C" NOT NULL,
            code_system    text NOT NULL,
            name           text NOT NULL,
            level          text NOT NULL CONSTRAINT ck_division_version_level
                CHECK (level IN ('province', 'prefecture', 'county', 'township')),
            type           text NOT NULL,
            parent_id      bigint CONSTRAINT fk_division_version_parent_id_division REFERENCES boundaries.division,
            valid_from     date NOT NULL,
            from_precision text NOT NULL CONSTRAINT ck_division_version_from_precision
                CHECK (from_precision IN ('day', 'month', 'year', 'before')),
            valid_to       date,
            to_precision   text CONSTRAINT ck_division_version_to_precision
                CHECK (to_precision IN ('day', 'month', 'year')),
            geom           geometry(MultiPolygon, 4490),
            source         text NOT NULL,
            note           text NOT NULL,
            CONSTRAINT ck_division_version_period CHECK (valid_to IS NULL OR valid_to > valid_from),
            -- One unit has one version at a time; one code belongs to one unit at a time.
            CONSTRAINT ex_division_version_period EXCLUDE USING gist
                (division_id WITH =, daterange(valid_from, valid_to) WITH &&),
            CONSTRAINT ex_division_version_code EXCLUDE USING gist
                (code_system WITH =, code WITH =, daterange(valid_from, valid_to) WITH &&)
        )
    """)
    # division.sql, translate.sql: a code on a day
    op.execute("CREATE INDEX ix_division_version_code ON boundaries.division_version (code, valid_from)")
    # children.sql
    op.execute("CREATE INDEX ix_division_version_parent ON boundaries.division_version (parent_id, valid_from)")
    # paths of search answers
    op.execute("""
        CREATE UNIQUE INDEX ix_division_version_current ON boundaries.division_version (division_id)
            WHERE valid_to IS NULL
    """)
    # lookup.sql
    op.execute("CREATE INDEX ix_division_version_geom ON boundaries.division_version USING gist (geom)")
    op.execute("""
        CREATE TABLE boundaries.division_change (
            id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_division_change PRIMARY KEY,
            date           date NOT NULL,
            date_precision text NOT NULL CONSTRAINT ck_division_change_date_precision
                CHECK (date_precision IN ('day', 'month', 'year')),
            kind           text NOT NULL,
            instrument     text NOT NULL,
            source         text NOT NULL,
            note           text NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE boundaries.division_lineage (
            from_version_id bigint
                CONSTRAINT fk_division_lineage_from_version_id_division_version
                REFERENCES boundaries.division_version,
            to_version_id   bigint
                CONSTRAINT fk_division_lineage_to_version_id_division_version
                REFERENCES boundaries.division_version,
            change_id       bigint NOT NULL
                CONSTRAINT fk_division_lineage_change_id_division_change REFERENCES boundaries.division_change,
            relation        text NOT NULL CONSTRAINT ck_division_lineage_relation
                CHECK (relation IN ('continued', 'merged', 'split', 'part')),
            CONSTRAINT pk_division_lineage PRIMARY KEY (from_version_id, to_version_id, change_id)
        )
    """)
    op.execute("CREATE INDEX ix_division_lineage_to ON boundaries.division_lineage (to_version_id)")
    op.execute("CREATE INDEX ix_division_lineage_change_id ON boundaries.division_lineage (change_id)")
    op.execute("""
        CREATE TABLE boundaries.division_area (
            version_id  bigint CONSTRAINT fk_division_area_version_id_division_version
                REFERENCES boundaries.division_version ON DELETE CASCADE,
            min_zoom    smallint,
            max_zoom    smallint NOT NULL,
            level       text NOT NULL,
            tint        smallint NOT NULL,
            geom        geometry(MultiPolygon, 3857) NOT NULL,
            label_point geometry(Point, 4490) NOT NULL,
            CONSTRAINT pk_division_area PRIMARY KEY (version_id, min_zoom)
        )
    """)
    # tile.sql
    op.execute("CREATE INDEX ix_division_area_geom ON boundaries.division_area USING gist (geom)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA boundaries CASCADE")
